"""The user's own server and workflow: where they are, and what they need in a cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from chatkit_harness.checkout.checkout import (
    ProjectRequirements,
    ServerReference,
    WorkflowReference,
    missing_extras,
    pair_notes,
    project_requirements,
    require_named,
    server_reference,
    workflow_reference,
)
from chatkit_harness.core.errors import ConfigurationError, SelectionError, did_you_mean
from chatkit_harness.core.nouns import Pair
from chatkit_harness.pins.lock_files import LockFile

from .pairs import AGENTS, CHATKIT
from .running import UNKNOWN
from .server_words import own_server, require_http
from .settings import RunSettings
from .targets import MEMORY, STORE_WORDS, StoreChoice, Target, Targets, own_store


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What the user brings along; nothing of it by default.

    `requirements` go into every cell besides the pair, `on_top` are exact pins that beat what a resolution
    chooses; `asked` are those of the requirements that the user named by `--with`, `projects` what the others
    were read from, `required_inputs` what the workflow's input needs besides the user's words.
    """

    targets: Targets = field(default_factory=Targets)
    requirements: tuple[str, ...] = ()
    on_top: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    projects: tuple[ProjectRequirements, ...] = ()
    required_inputs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def beside(self, lock: LockFile | None) -> tuple[str, ...]:
        """What goes into a cell whose versions come from this lock file: what the file itself does not name.

        A lock of another day or revision names other versions than the project does as it stands; its own
        count then, or it would not be that lock.
        """
        if lock is None:
            return self.requirements
        named = {*lock.pins, *(Requirement(each).name for each in lock.requirements), CHATKIT, AGENTS}
        names = {canonicalize_name(each) for each in named}
        return tuple(
            each
            for each in self.requirements
            if each in self.asked or canonicalize_name(Requirement(each).name) not in names
        )

    def notes_on(self, pair: Pair) -> Iterator[str]:
        """Where a project asks for other releases of the pair than the one under test."""
        pins = {CHATKIT: pair.chatkit, AGENTS: pair.agents}
        given = {name: version for name, version in pins.items() if version not in (None, UNKNOWN)}
        for project in self.projects:
            yield from pair_notes(project, given)


def find_own(settings: RunSettings) -> Own:
    """The server and the workflow that the settings name.

    Raises UsageError and its kin, with the nearest name, for what is not there.
    """
    cwd = Path.cwd()
    named_server = own_server(settings, cwd) if settings.server is not None else None
    if named_server is None:
        require_http(settings)
    server = named_server.reference if named_server is not None else None
    store = _store(settings, cwd)
    if settings.server_context is not None:
        require_named(settings.server_context, cwd, option="--context")
    workflow = workflow_reference(settings.workflow, cwd) if settings.workflow is not None else None
    named = [each for each in (server, workflow, store) if each is not None]
    declared = {each.project: project_requirements(each.project) for each in named}
    extras = [requirement_of(each) for each in settings.extras]
    on_top = [each for each in extras if _is_exact(each)]
    asked = [each for each in extras if each not in on_top]
    requirements = [*asked]
    of_server = [declared[each] for each in dict.fromkeys(own.project for own in (server, store) if own)]
    requirements += [each for project in of_server for each in project.requirements]
    if workflow is not None:
        requirements += _imported(workflow.file, declared[workflow.project].requirements)
    notes = [note for project in of_server for note in project.notes]
    notes += [note for each in named for note in _lacking(each.file, [*requirements, *on_top])]
    return Own(
        targets=Targets(
            server=named_server.target if named_server is not None else None,
            workflow=_workflow(workflow, settings) if workflow else None,
            stores=store_choices(settings, cwd),
            read_elsewhere=bool(settings.read_by),
        ),
        requirements=tuple(dict.fromkeys(requirements)),
        on_top=tuple(dict.fromkeys(on_top)),
        asked=tuple(asked),
        projects=tuple(of_server),
        required_inputs=workflow.required_inputs if workflow else (),
        notes=tuple(notes),
    )


def _workflow(found: WorkflowReference, settings: RunSettings) -> Target:
    return Target(
        name=f"workflow:{found.file.name}",
        kind="workflow",
        file=found.file,
        function=found.function,
        # Its folder goes on the path when its file is imported, after the packages under test: an export
        # called agents.py must not take their place.
        inputs=settings.inputs,
    )


def store_choices(settings: RunSettings, cwd: Path) -> tuple[StoreChoice, ...]:
    """The stores that a run is driven on, in the order of the words; the usual one where none is named."""
    return tuple(_choice(settings, word, cwd) for word in settings.stores) or (
        own_store("sqlite" if settings.read_by else MEMORY),
    )


def _choice(settings: RunSettings, word: str, cwd: Path) -> StoreChoice:
    if word == "postgres" and "DATABASE_URL" not in settings.env:
        cause = "A cell gets no variable by itself, and DATABASE_URL says where the database is."
        raise ConfigurationError("--store postgres", cause, "Set it, and add --env DATABASE_URL.")
    if word in STORE_WORDS:
        return own_store(word)
    if ":" not in word and "." not in word:
        raise SelectionError(
            f"--store {word}",
            "There is no such store.",
            f"{did_you_mean(word, STORE_WORDS)} Your own is package.module:factory.",
        )
    found = server_reference(word, cwd, option="--store")
    return StoreChoice(
        name=found.name,
        module=found.module,
        attribute=found.attribute,
        context=settings.server_context,
        path=(found.import_root,),
    )


def _store(settings: RunSettings, cwd: Path) -> ServerReference | None:
    """The user's own store, whose project says what it needs."""
    own = [word for word in settings.stores if word not in STORE_WORDS and (":" in word or "." in word)]
    return server_reference(own[0], cwd, option="--store") if own else None


def _imported(file: Path, requirements: Iterable[str]) -> list[str]:
    """Of a project's requirements those that the export imports: it may lie in a project of another kind."""
    names = {canonicalize_name(name) for name in missing_extras(file)}
    return [each for each in requirements if canonicalize_name(Requirement(each).name) in names]


def requirement_of(text: str) -> str:
    """What `--with` asks for. Raises SelectionError for what is no requirement."""
    try:
        return str(Requirement(text))
    except InvalidRequirement:
        raise SelectionError(
            f"--with {text}", "This is no requirement.", "Write a name, or name==1.2.3."
        ) from None


def _is_exact(requirement: str) -> bool:
    """Whether it names one version: such a pin is what the user wants to see, whatever its date."""
    return [each.operator for each in Requirement(requirement).specifier] == ["=="]


def _lacking(file: Path, requirements: list[str]) -> list[str]:
    given = {Requirement(each).name.lower().replace("_", "-") for each in requirements}
    missing = [name for name in missing_extras(file) if name.lower().replace("_", "-") not in given]
    if not missing:
        return []
    options = " ".join(f"--with {name}" for name in missing)
    return [
        f"{file.name} imports {', '.join(missing)}, which a cell has only where you ask for it: {options}"
    ]
