"""The Agent Builder path: an exported workflow, run as it is, once a question."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import sys
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterator, Mapping, Optional

from . import tracebacks, user_server
from .stages import Stages, follow
from .waiting import maybe

_counted = itertools.count()


@dataclass(frozen=True)
class Question:
    """One turn: the user's words, what the page knows, and the steps that lead to the answer."""

    words: str
    values: Mapping[str, Any]
    stages: Stages


class WorkflowTalk:
    """One case against one workflow. Like the hosted ones it is given a question at a time."""

    def __init__(
        self, case: Mapping[str, Any], tell: Callable[..., None], clock: Callable[[], float]
    ) -> None:
        del tell  # everything that a workflow says belongs to the end of a turn
        self._case, self._at_ms = case, clock
        self._workflow: Any = None
        self._page: Any = None
        self._conversation = f"{case['case']}/{next(_counted)}"

    @property
    def is_built_in(self) -> bool:
        """Of a workflow nobody asks what came through the agents package."""
        return False

    async def open(self) -> None:
        """Load the workflow."""
        target = self._case["target"]
        if target["kind"] == "workflow":
            with _in_words():
                self._workflow = user_server.load_workflow(target["file"], target["function"])
        else:
            module = sys.modules[target["module"]]
            self._workflow = user_server.Workflow(
                function=module.run_workflow, input_model=module.WorkflowInput, module=module
            )
            self._page = getattr(module, "update_context", None)

    async def prepare(self, turn: Mapping[str, Any], values: Mapping[str, Any]) -> Question:
        """Remember what the page knows; it is told to the workflow with the question."""
        return Question(str(turn.get("user") or ""), values, Stages(self._at_ms))

    def request(self, question: Question) -> Dict[str, Any]:
        """What the workflow is asked, in the words of its input."""
        more = {**question.values, **self._case["target"].get("inputs", {})}
        return {"type": "workflow.run", "params": {"input_as_text": question.words, "context": more}}

    async def ask(self, index: int, question: Question, request: Mapping[str, Any]) -> Dict[str, Any]:
        """Run it on the question."""
        del index
        follow(question.stages)
        params = request["params"]
        try:
            told = await self._told_by_the_page(question.stages, params["context"])
            values = {**params["context"], **told}
            with _in_words():
                given = user_server.inputs(self._workflow.input_model, params["input_as_text"], values)
            result = await user_server.run(self._workflow.function, given)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            return {"end": "raised", "raised": tracebacks.describe(error)}
        finally:
            follow(None)
        response, message = user_server.answer(result)
        return {"end": "done", "response": response, "message": message}

    def more(self, question: Question) -> Dict[str, Any]:
        """The stages, whatever became of the turn."""
        return {"stages": question.stages.told()}

    def goes_on(self, end: str) -> bool:
        """Whether the next question can be asked: a workflow keeps nothing, so an error ends nothing."""
        return end in ("done", "raised")

    async def close(self) -> None:
        """A workflow stores nothing."""

    async def _told_by_the_page(self, stages: Stages, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the page tells the backend before it asks: only the built-in workflow has one."""
        if self._page is None:
            return {}
        stage = stages.begin("context")
        try:
            told: Optional[Mapping[str, Any]] = await maybe(self._page(self._conversation, values))
        finally:
            stages.end(stage)
        return told or {}


@contextlib.contextmanager
def _in_words() -> Iterator[None]:
    """What a workflow needs is told to the user in words, without the exception that led to them."""
    try:
        yield
    except user_server.UserServerError as error:
        raise error from None
