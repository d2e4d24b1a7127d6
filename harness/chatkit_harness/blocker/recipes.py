"""The known causes: how each is made, what it says, and what doctor calls it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from chatkit_harness.core.errors import SelectionError, did_you_mean

from . import spoil
from .bench import Bench
from .story import MESSAGE, NAME

MORE = "…"
_IN_FILE = f"ImportError: cannot import name '{NAME}' from 'agents' ({{}})"
_HELPERS = "agents.models.chatcmpl_helpers"
_OLDER = (
    f"ImportError: cannot import name 'HEADERS_OVERRIDE' from '{_HELPERS}' "
    f"({{}}/{_HELPERS.replace('.', '/')}.py)"
)
"""What chatkit 1.2.0 says of openai-agents 0.3.0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One cause. `key` is what doctor calls it, `number` the kind that it belongs to.

    `says` is the message to the letter: {project}, {packages} and {last} stand for folders (the last one of
    `Bench.ahead`), and where it ends with an ellipsis words follow that depend on versions and places.
    """

    id: str
    number: int
    key: str
    title: str
    story: str
    make: Callable[[Bench], None]
    says: str = MESSAGE

    def expected(self, bench: Bench) -> str:
        """The message as it has to be in a project."""
        places = {"project": bench.folder, "packages": bench.packages, "last": bench.ahead[-1]}
        said = self.says
        for name, folder in places.items():
            said = said.replace(f"{{{name}}}", str(folder))
        return said


RECIPES = (
    Recipe(
        id="agents-uninstalled",
        number=1,
        key="agents-uninstalled",
        title="The unrelated distribution `agents` was installed and uninstalled",
        story="Both distributions own agents/__init__.py. Removing one takes it away from the other, of "
        "which everything else, metadata included, is still there.",
        make=spoil.other_came_and_went,
    ),
    Recipe(
        id="half-installed/removal",
        number=2,
        key="half-installed",
        title="A removal was ended halfway",
        story="Some files of openai-agents are gone, its metadata is there.",
        make=spoil.removal_cut_short,
    ),
    Recipe(
        id="half-installed/upgrade",
        number=2,
        key="half-installed",
        title="An upgrade was ended halfway",
        story="The old metadata is put aside, the new release's files are not all there. Made by hand, as an "
        "installer leaves it.",
        make=spoil.upgrade_cut_short,
    ),
    Recipe(
        id="half-installed/upgrade-later",
        number=2,
        key="half-installed",
        title="An upgrade was ended later: agents/__init__.py is there already",
        story="The old metadata is put aside, agents/run.py is not there yet. The rest is a package that "
        "belongs to no distribution, and yet is nobody's own. Made by hand, as an installer leaves it.",
        make=spoil.upgrade_cut_short_later,
        says="ModuleNotFoundError: No module named 'agents.run'",
    ),
    Recipe(
        id="agents-on-top",
        number=3,
        key="agents-on-top",
        title="The unrelated distribution `agents` is there, over openai-agents",
        story="Its agents/__init__.py has taken the place of the other one, and imports tensorflow. "
        "Installed without what it requires.",
        make=spoil.other_on_top,
        says="ModuleNotFoundError: No module named 'tensorflow'",
    ),
    Recipe(
        id="missing-here/served-elsewhere",
        number=4,
        key="missing-here",
        title="pip served another Python than the one that runs",
        story="openai-agents is not installed in the Python that runs; a folder agents/ of the project's "
        "own, without __init__.py, answers to the name.",
        make=spoil.another_python_was_served,
    ),
    Recipe(
        id="missing-here/python-path",
        number=4,
        key="missing-here",
        title="openai-agents was never installed, and PYTHONPATH has a folder of that name",
        story="The folder lib/agents, without __init__.py, answers to the name.",
        make=spoil.nothing_was_installed,
    ),
    Recipe(
        id="own-module-ahead/file",
        number=5,
        key="own-module-ahead",
        title="A file agents.py of the team's own stands before openai-agents",
        story="The folder that a program starts in comes first on the import path.",
        make=spoil.own_module,
        says=_IN_FILE.format("{project}/agents.py"),
    ),
    Recipe(
        id="own-module-ahead/package",
        number=5,
        key="own-module-ahead",
        title="A package agents/ of the team's own stands before openai-agents",
        story="PYTHONPATH comes before the environment's packages.",
        make=spoil.own_package,
        says=_IN_FILE.format("{project}/lib/agents/__init__.py"),
    ),
    Recipe(
        id="range-unmet",
        number=6,
        key="range-unmet",
        title="openai-agents below the range that chatkit declares was forced in",
        story="openai-chatkit 1.2.0 requires openai-agents>=0.3.2; another name is missing then.",
        make=spoil.below_the_range,
        says=_OLDER.format("{packages}"),
    ),
    Recipe(
        id="wrong-module-name",
        number=6,
        key="wrong-module-name",
        title='The "fix": the import is changed to openai_agents',
        story="No release of openai-agents has a module of that name; its module is called agents.",
        make=spoil.wrong_name,
        says="ModuleNotFoundError: No module named 'openai_agents'",
    ),
    Recipe(
        id="wrong-third-party",
        number=7,
        key="wrong-third-party",
        title="Right versions, wrong third party: imports go well, the first message fails",
        story="A newer openai, in every declared range, requires a field that this openai-agents does not "
        "give.",
        make=spoil.newest_openai,
        says="ValidationError: 1 validation error for InputTokensDetails\ncache_write_tokens\n"
        "  Field required [type=missing, input_value={'cached_tokens': 0}, input_type=dict]" + MORE,
    ),
    Recipe(
        id="installed-twice/records",
        number=8,
        key="installed-twice",
        title="One folder holds two releases of openai-agents",
        story="The packages of two installations were copied over each other: the files are a mixture, and "
        "there are two records of them.",
        make=spoil.two_installations_merged,
        says=_OLDER.format("{packages}"),
    ),
    Recipe(
        id="installed-twice/user-site",
        number=8,
        key="installed-twice",
        title="A release among the packages of the user hides that of the installation",
        story="The packages of the user come before those of an installation; a virtual environment has its "
        "own first.",
        make=spoil.user_site_ahead,
        says=_OLDER.format("{last}"),
    ),
    Recipe(
        id="installed-twice/python-path",
        number=8,
        key="installed-twice",
        title="A release on PYTHONPATH hides that of the environment",
        story="PYTHONPATH comes before the environment's packages.",
        make=spoil.another_release_ahead,
        says=_OLDER.format("{project}/lib"),
    ),
)


def chosen(words: Iterable[str]) -> tuple[Recipe, ...]:
    """The recipes that words name, in their order: a key (all of its kind), an id or a number; no word: all.

    Raises SelectionError, with the nearest name, for a word that names none.
    """
    wanted: set[str] = set()
    for word in words:
        found = [each.id for each in RECIPES if word in (each.id, each.key, str(each.number))]
        if not found:
            names = dict.fromkeys([*(each.key for each in RECIPES), *(each.id for each in RECIPES)])
            raise SelectionError(f"--cause {word}", "No cause is called so.", did_you_mean(word, names))
        wanted.update(found)
    return tuple(each for each in RECIPES if not wanted or each.id in wanted)
