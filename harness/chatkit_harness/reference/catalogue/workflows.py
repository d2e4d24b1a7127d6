"""Workflows and tasks: the steps that a user sees while an answer is being made, and afterwards."""

from __future__ import annotations

import asyncio
from typing import Any

from agents import Agent, RunContextWrapper, StopAtTools, function_tool
from chatkit.agents import AgentContext, ClientToolCall
from chatkit.types import (
    CustomSummary,
    CustomTask,
    FileSource,
    FileTask,
    ImageTask,
    SearchTask,
    TaskItem,
    ThoughtTask,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdated,
    URLSource,
    UserMessageItem,
    Workflow,
    WorkflowItem,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)

from ..context import RequestContext
from .items import base, by_hand, says
from .part import MODEL, Context, Events, Maker, Options, Part, agent_part

TOLD = AgentContext[RequestContext]


def tasks() -> dict[str, Any]:
    """A task of each kind."""
    page = URLSource(title="Earnings", url="https://news.example/aapl", attribution="Example News")
    return {
        "custom": CustomTask(title="Reading the chart", icon="chart", content="Two levels hold."),
        "web_search": SearchTask(
            title="Searched", title_query="Apple earnings", queries=["AAPL earnings"], sources=[page]
        ),
        "thought": ThoughtTask(title="Weighing", content="The gap may close."),
        "file": FileTask(title="Read", sources=[FileSource(title="10-K", filename="10-K.pdf")]),
        "image": ImageTask(title="Drawing the chart"),
    }


async def _working(waits: bool) -> None:
    if waits:
        await asyncio.sleep(0.005)


async def _analyze(context: TOLD, symbol: str, *, waits: bool) -> None:
    """Two steps, for which something has to be waited for, or nothing; they stay open to be read."""
    await context.start_workflow(Workflow(type="custom", tasks=[]))
    loading = CustomTask(title=f"Loading {symbol}", status_indicator="loading")
    await context.add_workflow_task(loading)
    await _working(waits)
    done = CustomTask(title=f"Loaded {symbol}", status_indicator="complete")
    await context.update_workflow_task(done, task_index=0)
    await _working(waits)
    await context.add_workflow_task(SearchTask(title_query=symbol, queries=[f"{symbol} news"]))
    await _working(waits)
    await context.end_workflow(CustomSummary(title=f"Analyzed {symbol}", icon="check"), expanded=True)


@function_tool
async def analyze(ctx: RunContextWrapper[TOLD], symbol: str) -> str:
    """Analyze a symbol in steps that the user can follow."""
    await _analyze(ctx.context, symbol, waits=True)
    return "support at 265"


@function_tool
async def analyze_at_once(ctx: RunContextWrapper[TOLD], symbol: str) -> str:
    """Analyze a symbol that is at hand: nothing has to be waited for."""
    await _analyze(ctx.context, symbol, waits=False)
    return "support at 265"


@function_tool
async def count(ctx: RunContextWrapper[TOLD]) -> str:
    """Count something, in a step; it ends without a summary of its own."""
    await ctx.context.add_workflow_task(CustomTask(title="Counting"))
    await ctx.context.end_workflow()
    return "42"


@function_tool
async def begin(ctx: RunContextWrapper[TOLD]) -> str:
    """Begin steps, and leave their end to the answer."""
    await ctx.context.start_workflow(Workflow(type="custom", tasks=[CustomTask(title="Begun")]))
    await ctx.context.add_workflow_task(CustomTask(title="Going on"))
    return "begun"


@function_tool(name_override="get_selection")
async def ask_client(ctx: RunContextWrapper[TOLD], kind: str) -> str:
    """Ask the page which points, for example, the user selected, amid the steps of a workflow."""
    await ctx.context.start_workflow(Workflow(type="custom", tasks=[CustomTask(title="Asking the page")]))
    ctx.context.client_tool_call = ClientToolCall(name="get_selection", arguments={"kind": kind})
    return "asked"


def _agent(*tools: Any, stop: str | None = None) -> Maker:
    def make(options: Options) -> Part:
        behavior: Any = StopAtTools(stop_at_tool_names=[stop]) if stop else "run_llm_again"
        agent = Agent[Any](
            name="Analyst",
            model=MODEL,
            instructions="Analyze in steps.",
            tools=list(tools),
            tool_use_behavior=behavior,
        )
        return agent_part(agent, options)

    return make


async def _every(context: Context, _message: UserMessageItem | None) -> Events:
    """A workflow of a task of each kind, streamed by hand: begun, added to, updated, done."""
    first, *others = tasks().values()
    loading = first.model_copy(update={"status_indicator": "loading"})
    workflow = Workflow(type="custom", tasks=[loading], expanded=True)
    item = WorkflowItem(**base(context, "workflow"), workflow=workflow)
    yield ThreadItemAddedEvent(item=item.model_copy(deep=True))
    for index, task in enumerate(others, 1):
        workflow.tasks.append(task)
        yield ThreadItemUpdated(item_id=item.id, update=WorkflowTaskAdded(task=task, task_index=index))
    workflow.tasks[0] = first.model_copy(update={"status_indicator": "complete"})
    update = WorkflowTaskUpdated(task=workflow.tasks[0], task_index=0)
    yield ThreadItemUpdated(item_id=item.id, update=update)
    workflow.summary = CustomSummary(title="Looked at everything", icon="sparkle")
    yield ThreadItemDoneEvent(item=item)


async def _reasoning(context: Context, _message: UserMessageItem | None) -> Events:
    """Thoughts of the server's own, one after the other."""
    workflow = Workflow(type="reasoning", tasks=[])
    item = WorkflowItem(**base(context, "workflow"), workflow=workflow)
    yield ThreadItemAddedEvent(item=item.model_copy(deep=True))
    for index, said in enumerate(("The price fell at first.", "Then buyers came.")):
        workflow.tasks.append(ThoughtTask(content=said))
        added = WorkflowTaskAdded(task=workflow.tasks[index], task_index=index)
        yield ThreadItemUpdated(item_id=item.id, update=added)
    yield ThreadItemDoneEvent(item=item)
    yield says(context, "It recovered.")


def _task(options: Options) -> Part:
    """A task that stands by itself."""

    async def respond(context: Context, _message: UserMessageItem | None) -> Events:
        task = tasks()[options["task"]]
        yield ThreadItemDoneEvent(item=TaskItem(**base(context, "task"), task=task))

    return Part(respond=respond)


def _task_first(options: Options) -> Part:
    """A task and then an agent, which is told of it."""
    told = agent_part(Agent[Any](name="Analyst", model=MODEL, instructions="Go on."), options)

    async def respond(context: Context, message: UserMessageItem | None) -> Events:
        done = TaskItem(**base(context, "task"), task=tasks()["custom"])
        yield ThreadItemDoneEvent(item=done)  # chatkit stores it before it asks for what follows
        async for event in told.respond(context, message):
            yield event

    return Part(respond=respond)


PARTS: dict[str, Maker] = {
    "by-tool": _agent(analyze),
    "by-quick-tool": _agent(analyze_at_once),
    "duration": _agent(count),
    "left-open": _agent(begin),
    "across-client-tool": _agent(ask_client, stop="get_selection"),
    "every": by_hand(_every),
    "reasoning": by_hand(_reasoning),
    "task": _task,
    "task-told": _task_first,
}
