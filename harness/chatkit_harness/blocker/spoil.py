"""What is done to a working project, one function a cause, with the real packages."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from chatkit_harness.environments.environment import site_packages
from chatkit_harness.environments.integrity import python_of

from .bench import Bench, fill
from .installation import install_python
from .story import AGENTS, OTHER_PROJECT, PAIR, THEN, server

_INFO = "openai_agents-0.5.1.dist-info"


def other_came_and_went(bench: Bench) -> None:
    """The unrelated distribution is installed, noticed, and uninstalled again."""
    other_on_top(bench)
    bench.uninstall("agents")


def other_on_top(bench: Bench) -> None:
    """The unrelated distribution is installed and stays; without what it requires, which is tensorflow."""
    bench.install("--no-deps", OTHER_PROJECT)


def removal_cut_short(bench: Bench) -> None:
    """Half of what RECORD lists is gone, in its order; the metadata, which is last, is still there."""
    record = bench.packages / _INFO / "RECORD"
    listed = [line.split(",")[0] for line in record.read_text(encoding="utf-8").splitlines()]
    code = [bench.packages / each for each in listed if each.startswith("agents/")]
    half = code[: len(code) // 2]
    bench.remove(
        *half,
        told=f"`uv pip uninstall openai-agents` is ended halfway: the first {len(half)} files that RECORD "
        "lists are gone",
    )


def upgrade_cut_short(bench: Bench) -> None:
    """The old release's metadata is put aside, as pip does it; of the new one some files are there."""
    _put_aside(bench)
    folder = bench.packages / "agents"
    gone = [folder / "__init__.py", folder / "run.py"]
    bench.remove(*gone, told="and agents/__init__.py and agents/run.py are not there yet")


def upgrade_cut_short_later(bench: Bench) -> None:
    """As before, but agents/__init__.py is there already, so that it is a package."""
    _put_aside(bench)
    bench.remove(bench.packages / "agents" / "run.py", told="and agents/run.py is not there yet")


def _put_aside(bench: Bench) -> None:
    (bench.packages / _INFO).rename(bench.packages / f"~{_INFO[1:]}")
    bench.tell(
        f"`pip install --upgrade openai-agents` is ended halfway: {_INFO} is put aside as ~{_INFO[1:]}"
    )


def another_python_was_served(bench: Bench) -> None:
    """`pip` belongs to another installation; a folder of the project's is called like the module."""
    other = bench.shop.venv(bench.folder / ".other")
    packages = site_packages(other)
    assert packages is not None  # noqa: S101 - it was made just now
    fill(packages, bench.packages)
    shop = bench.shop
    shop.uv(*("pip", "install", "--quiet", "--compile-bytecode", "--exclude-newer", THEN),
            *("--python", str(python_of(other)), "pip"))  # fmt: skip
    bench.environ["PATH"] += os.pathsep + str(python_of(other).parent)
    bench.uninstall("openai-agents", told=f"pip install {AGENTS}, by a pip that serves .other, not .venv")
    bench.write(bench.folder / "agents" / "prompts.txt", "You answer questions about the markets.\n")


def nothing_was_installed(bench: Bench) -> None:
    """openai-agents is not there, and a folder of that name is on PYTHONPATH."""
    bench.uninstall("openai-agents")
    library = bench.folder / "lib"
    bench.write(library / "agents" / "prompts.txt", "You answer questions about the markets.\n")
    _on_python_path(bench, library)


def own_module(bench: Bench) -> None:
    """The team has a file agents.py of its own, beside its program."""
    bench.write(bench.folder / "agents.py", "MODEL = 'gpt-4.1'\n")


def own_package(bench: Bench) -> None:
    """The team has a package `agents` of its own, in a folder that PYTHONPATH names."""
    library = bench.folder / "lib"
    bench.write(library / "agents" / "__init__.py", "MODEL = 'gpt-4.1'\n")
    _on_python_path(bench, library)


def below_the_range(bench: Bench) -> None:
    """A release is forced in that chatkit does not allow."""
    bench.install("--no-deps", "openai-agents==0.3.0")


def wrong_name(bench: Bench) -> None:
    """The "fix" that suggests itself: the module is taken to be called like the distribution."""
    bench.program(server("openai_agents"), told=False)
    bench.tell("server.py says `from openai_agents import Agent, Runner`")


def newest_openai(bench: Bench) -> None:
    """A newer openai alone: the newest release that agents allows, as of today."""
    bench.take_todays()
    bench.install("--upgrade", "openai", AGENTS)


def two_installations_merged(bench: Bench) -> None:
    """The packages of another installation are copied over, as by two stages of one image."""
    older = bench.folder / ".older"
    bench.install("--no-deps", "--target", str(older), "openai-agents==0.3.0",
                  told="uv pip install --no-deps --target .older openai-agents==0.3.0")  # fmt: skip
    shutil.copytree(older, bench.packages, copy_function=_over, dirs_exist_ok=True)
    shutil.rmtree(older)
    bench.tell(f"cp -r .older/. {bench.name(bench.packages)}")


def another_release_ahead(bench: Bench) -> None:
    """An older release lies in a folder that PYTHONPATH names, which comes before the environment's own."""
    library = bench.folder / "lib"
    bench.install("--no-deps", "--target", str(library), "openai-agents==0.3.0",
                  told="uv pip install --no-deps --target lib openai-agents==0.3.0")  # fmt: skip
    _on_python_path(bench, library)


def user_site_ahead(bench: Bench) -> None:
    """An older release lies among the packages of the user, which come before those of an installation."""
    bench.environ["PYTHONUSERBASE"] = str(bench.folder / ".user")
    shop = bench.shop
    python, packages, user = install_python(
        shop.programs, shop.interpreter.path, bench.folder / ".python", bench.environ
    )
    bench.move(python, packages)
    bench.install("pip", told=f"pip install {' '.join(PAIR)}, in an installation without environments")
    bench.install("--no-deps", "--target", str(user), "openai-agents==0.3.0",
                  told="pip install --user --no-deps openai-agents==0.3.0")  # fmt: skip
    bench.ahead.append(user)


def _on_python_path(bench: Bench, folder: Path) -> None:
    bench.environ["PYTHONPATH"] = str(folder)
    bench.ahead.append(folder)
    bench.tell(f"PYTHONPATH={bench.name(folder)}")


def _over(source: str, target: str) -> None:
    """Put a file in the place of another one: never into it, because other environments have links to it."""
    Path(target).unlink(missing_ok=True)
    shutil.copy2(source, target)
