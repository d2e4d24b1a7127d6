"""Runs what a CI would run: the `run` steps of a GitHub job or action, the script of a GitLab job.

Steps that are somebody else's (`uses`) are left out, and told. Of GitHub's expressions only those are known
that the kit uses: anything else is an error, so that no condition is passed over.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
KIT = ROOT / "docs/ci"
INSTALLATION = "pip install chatkit-harness"
_EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")
_KNOWN_TERM = re.compile(r"[\w.-]+|'[^']*'|hashFiles\('[^']+'(?:, '[^']+')*\)")
_SHELL = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")


def read(name: str) -> dict[str, Any]:
    """A file of the kit. YAML 1.1 takes the key `on` for a truth value; GitHub does not."""
    path = ROOT / name if name == "action.yml" else KIT / name
    document: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {"on" if key is True else key: value for key, value in document.items()}


@dataclass(kw_only=True)
class Done:
    """What became of a job: its exit status, the steps that ran and those that were left out or skipped."""

    status: int = 0
    ran: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    said: str = ""
    summary: str = ""
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)


def environment(home: Path, more: Mapping[str, str]) -> dict[str, str]:
    """What a runner's shell has: no variables of this machine but those that reach the index and a cache."""
    passed = (
        "UV_",
        "PIP_",
        "SSL_",
        "HTTP",
        "NO_PROXY",
        "no_proxy",
        "http",
        "REQUESTS_",
        "PYENV_ROOT",
        "LANG",
    )
    kept = {name: value for name, value in os.environ.items() if name.startswith(passed)}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    git = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    return {**kept, "HOME": str(home), "PATH": path, "CI": "true", **git, **more}


class GitHubJob:
    """The steps of one job, or of a composite action, in a checkout.

    `context` holds what expressions may ask for (`github`, `inputs`, `matrix`, ...), `environ` the variables.
    """

    def __init__(
        self, steps: Sequence[Mapping[str, Any]], context: Mapping[str, Any], environ: Mapping[str, str]
    ) -> None:
        self._steps = steps
        self._workspace = Path(context["github"]["workspace"])
        self._context: dict[str, Any] = {**context, "steps": {}}
        self._files = {
            name: Path(environ["HOME"]) / name.lower()
            for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV")
        }
        self._environ = {
            **environ,
            "GITHUB_ACTIONS": "true",
            **{name: str(path) for name, path in self._files.items()},
        }
        self.done = Done()

    def run(self, env: Mapping[str, Any] | None = None, *, folder: str = ".") -> Done:
        """Each step in its order; `env` and `folder` are the job's own."""
        self._environ.update(self._filled(env or {}))
        for step in self._steps:
            self._step(step, folder)
        summary = self._files["GITHUB_STEP_SUMMARY"]
        self.done.summary = summary.read_text(encoding="utf-8") if summary.exists() else ""
        return self.done

    def _step(self, step: Mapping[str, Any], folder: str) -> None:
        name = str(step.get("name") or step.get("uses"))
        if not self._holds(str(step.get("if", ""))):
            self.done.skipped.append(name)
        elif "uses" in step:
            self.done.left_out.append(name)
        else:
            self.done.ran.append(name)
            self._shell(step, self._text(str(step.get("working-directory", folder))))

    def _shell(self, step: Mapping[str, Any], folder: str) -> None:
        self._files["GITHUB_OUTPUT"].write_text("", encoding="utf-8")
        script = (
            self._text(step["run"])
            .replace(INSTALLATION, ":")
            .replace('pip install "$GITHUB_ACTION_PATH"', ":")
        )
        environ = {**self._environ, **self._filled(step.get("env", {}))}
        done = subprocess.run(
            [*_SHELL, script],
            cwd=self._workspace / folder,
            env=environ,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        self.done.said += done.stdout
        if "id" in step:
            lines = self._files["GITHUB_OUTPUT"].read_text(encoding="utf-8").splitlines()
            outputs = dict(line.split("=", 1) for line in lines)
            self._context["steps"][step["id"]] = {"outputs": outputs}
            self.done.outputs[step["id"]] = outputs
        if done.returncode and not step.get("continue-on-error"):
            self.done.status = self.done.status or done.returncode

    def _filled(self, values: Mapping[str, Any]) -> dict[str, str]:
        return {name: self._text(str(value)) for name, value in values.items()}

    def _text(self, text: str) -> str:
        return _EXPRESSION.sub(lambda found: self._value(found[1]), text)

    def _holds(self, condition: str) -> bool:
        terms = [term.strip() for term in condition.split("&&") if term.strip()]
        whatever = "always()" in terms
        if self.done.status and not whatever:
            return False
        return all(self._true(term) for term in terms if term != "always()")

    def _true(self, term: str) -> bool:
        found = re.fullmatch(r"(.+?) (==|!=) (.+)", term)
        assert found, f"an expression that the tests do not know: {term}"
        return (self._value(found[1]) == self._value(found[3])) is (found[2] == "==")

    def _value(self, term: str) -> str:
        assert _KNOWN_TERM.fullmatch(term), f"an expression that the tests do not know: {term}"
        if term.startswith("'"):
            return term.strip("'")
        if term.startswith("hashFiles"):
            patterns = re.findall(r"'([^']+)'", term)
            return "some" if any(any(self._workspace.glob(each)) for each in patterns) else ""
        value: Any = self._context
        for part in term.split("."):
            value = value.get(part, "") if isinstance(value, Mapping) else ""
        return str(value)


def gitlab(job: Mapping[str, Any], checkout: Path, environ: Mapping[str, str]) -> Done:
    """Both scripts of a GitLab job, in one shell that stops at the first failure."""
    variables = {"CI_PROJECT_DIR": str(checkout), **environ}
    for name, value in job["variables"].items():
        variables[name] = str(value).replace("$CI_PROJECT_DIR", str(checkout))
    lines = [*job["before_script"], *job["script"]]
    script = "\n".join(lines).replace(INSTALLATION, ":")
    done = subprocess.run(
        [*_SHELL, script], cwd=checkout, env=variables, text=True, capture_output=True, check=False
    )
    return Done(status=done.returncode, ran=lines, said=done.stdout + done.stderr)
