"""What comes with a user's words: tags, quotes, choices of the composer, files; and what is hidden there."""

from __future__ import annotations

import inspect
from typing import Any

from agents import Agent, ModelSettings, Runner, function_tool
from chatkit.agents import ThreadItemConverter, stream_agent_response
from chatkit.store import AttachmentStore
from chatkit.types import HiddenContextItem, UserMessageItem

from ..context import RequestContext
from ..conversation import earlier_items
from ..shim import attachment_model, saves_new_attachments
from .items import base, remembers, says
from .part import MODEL, Context, Events, Maker, Options, Part, run_config
from .server import CatalogueServer


class _Converter(ThreadItemConverter):
    """What chatkit leaves to the integration: tags, files, hidden context."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def attachment_to_message_content(self, attachment: Any) -> Any:
        if attachment.type == "image":
            return {"type": "input_image", "detail": "auto", "image_url": str(attachment.preview_url)}
        return {"type": "input_text", "text": f"The user attached the file {attachment.name}."}

    def hidden_context_to_input(self, item: HiddenContextItem) -> Any:
        return _maybe_later({"type": "message", "role": "user", "content": f"(hidden) {item.content}"})

    def tag_to_message_content(self, tag: Any) -> Any:
        data = ", ".join(f"{name}: {value}" for name, value in sorted(tag.data.items()))
        return _maybe_later({"type": "input_text", "text": f"{tag.text} ({data})"})


def _is_awaited(name: str) -> bool:
    return inspect.iscoroutinefunction(getattr(ThreadItemConverter, name))


def _maybe_later(value: Any) -> Any:
    """The value as this release's converter takes it: awaited from chatkit 1.1.0 on, as it is before."""
    if not _is_awaited("tag_to_message_content"):
        return value

    async def later() -> Any:
        return value

    return later()


async def converted(agent: Agent[Any], context: Context, options: Options, **settings: Any) -> Events:
    """The agent's answer, the thread converted for the model by the part's own rules."""
    items = await earlier_items(context.thread, context.store, context.request_context)
    told = await _Converter(context).to_agent_input(items)
    config = run_config(options, **settings)
    result = Runner.run_streamed(agent, told, context=context, run_config=config)
    async for event in stream_agent_response(context, result):
        yield event


def _agent(**more: Any) -> Agent[Any]:
    return Agent[Any](name="Reader", model=MODEL, instructions="Read closely.", **more)


def _read(options: Options) -> Part:
    def respond(context: Context, _message: UserMessageItem | None) -> Events:
        return converted(_agent(), context, options)

    return Part(respond=respond)


@function_tool
def get_news(symbol: str) -> str:
    """The news of a symbol."""
    return f"{symbol} is calm"


@function_tool
def get_quote(symbol: str) -> str:
    """The quote of a symbol."""
    return f"{symbol} 271.84"


def _chosen(options: Options) -> Part:
    """The model and the tool that the user chose in the composer."""

    async def respond(context: Context, message: UserMessageItem | None) -> Events:
        chosen = message.inference_options if message is not None else None
        settings: dict[str, Any] = {}
        if chosen is not None and chosen.model is not None:
            settings["model"] = chosen.model
        if chosen is not None and chosen.tool_choice is not None:
            settings["model_settings"] = ModelSettings(tool_choice=chosen.tool_choice.id)
        async for event in converted(_agent(tools=[get_news, get_quote]), context, options, **settings):
            yield event

    return Part(respond=respond)


def _hidden(options: Options) -> Part:
    """Context that the model gets and the user does not."""

    async def respond(context: Context, _message: UserMessageItem | None) -> Events:
        yield remembers(context, "The user's account is of the kind PLATINUM.")
        async for event in converted(_agent(), context, options):
            yield event

    return Part(respond=respond)


def _default(options: Options) -> Part:
    """The same, converted by chatkit's own rules, which take hidden words from 1.4.0 on."""
    from .part import agent_part

    told = agent_part(_agent(), options)

    async def respond(context: Context, message: UserMessageItem | None) -> Events:
        yield remembers(context, "The user's account is of the kind PLATINUM.")
        async for event in told.respond(context, message):
            yield event

    return Part(respond=respond)


class _Liked(CatalogueServer):
    """Remembers in the thread what the user thinks of an answer."""

    async def add_feedback(self, thread_id: str, item_ids: Any, feedback: Any, context: Any) -> None:
        thread = await self.store.load_thread(thread_id, context)
        shown = [await self.store.load_item(thread_id, each, context) for each in item_ids]
        kinds = ", ".join(each.type for each in shown)
        said = f"The user finds this {feedback}: {kinds}"
        item = HiddenContextItem(**base(self._of(thread, context)), content=said)
        await self.store.add_thread_item(thread_id, item, context)


def _liked(options: Options) -> Part:
    return Part(respond=_read(options).respond, server=_Liked)


class _Files(AttachmentStore[RequestContext]):
    """Files that are only announced: nobody asks for their content here."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self._made = 0

    def generate_attachment_id(self, mime_type: str, context: RequestContext) -> str:
        del mime_type, context
        self._made += 1
        return f"atc_{self._made}"

    async def create_attachment(self, input: Any, context: RequestContext) -> Any:  # noqa: A002 - chatkit's name
        image = input.mime_type.startswith("image/")
        made = attachment_model(
            attachment_id=self.generate_attachment_id(input.mime_type, context),
            name=input.name,
            mime_type=input.mime_type,
            preview_url="https://files.example/small.png" if image else None,
            upload_url="https://files.example/upload",
        )
        if not saves_new_attachments():
            await self._store.save_attachment(made, context)
        return made

    async def delete_attachment(self, attachment_id: str, context: RequestContext) -> None:
        del attachment_id, context


class _Attaching(CatalogueServer):
    """Takes files."""

    def __init__(self, part: Part, store: Any) -> None:
        super().__init__(part, store)
        self.attachment_store = _Files(store)


def _attached(options: Options) -> Part:
    return Part(respond=_read(options).respond, server=_Attaching)


async def _echo(context: Context, message: UserMessageItem | None) -> Events:
    """Answers with what came with the words, so that nobody needs a model to see it."""
    quoted = message.quoted_text if message is not None else None
    yield says(context, f"You quoted: {quoted}")


PARTS: dict[str, Maker] = {
    "read": _read,
    "chosen": _chosen,
    "hidden": _hidden,
    "hidden-by-default": _default,
    "liked": _liked,
    "attached": _attached,
    "quoted": lambda _options: Part(respond=_echo),
}
