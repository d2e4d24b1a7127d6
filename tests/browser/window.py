"""A page in a real Chromium, with everything that it must never do written down as it happens."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from benchmarks.browser import NoBrowserError, chromium

OWN = ("file:", "data:", "blob:", "about:")
READY = "html[data-ready]"

_WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
});
"""
_SHOW = """(address) => new Promise((done, failed) => {
  if (location.hash === address) return done();
  setTimeout(() => failed(new Error(`${address} was not drawn in time`)), 15000);
  const seen = new MutationObserver(() => { seen.disconnect(); done(); });
  seen.observe(document.getElementById("main"), { childList: true });
  location.hash = address;
})"""


@contextmanager
def launched() -> Iterator[Any]:
    """The machine's Chromium, headless. Where there is none the tests are skipped, in CI they fail."""
    try:
        with chromium() as browser:
            yield browser
    except NoBrowserError as error:
        if os.environ.get("CI"):
            pytest.fail(f"CI {error}", pytrace=False)
        pytest.skip(str(error))


@dataclass(slots=True)
class Window:
    """One page with its trouble: what it asked for, what it complained of, what opened."""

    page: Any
    size: Any
    trouble: list[str] = field(default_factory=list)

    @classmethod
    def opened(cls, browser: Any, file: Path, address: str = "", **looks: Any) -> Window:
        """A file of this machine, when it says that it is ready."""
        looks = {"viewport": {"width": 1280, "height": 900}, **looks}
        context = browser.new_context(**looks)
        context.set_default_timeout(15_000)
        context.add_init_script(_WATCH)
        window = cls(context.new_page(), looks["viewport"])
        window._listen(context)
        window.page.goto(file.resolve().as_uri() + address)
        window.page.wait_for_selector(READY, state="attached")
        return window

    def _listen(self, context: Any) -> None:
        """Note what happens; nothing that is asked of the network leaves."""
        say = self.trouble.append
        context.route(re.compile("^(?:https?|wss?|ftp):"), lambda route: route.abort())
        context.on("request", lambda asked: asked.url.startswith(OWN) or say(f"asked for {asked.url[:200]}"))
        context.on("page", lambda page: page == self.page or say(f"opened {page.url[:200]}"))
        self.page.on("pageerror", lambda error: say(f"raised {error}"))
        self.page.on("console", lambda said: said.type == "error" and say(f"console: {said.text[:500]}"))
        self.page.on("dialog", lambda dialog: (say(f"a dialog: {dialog.message[:200]}"), dialog.dismiss()))

    def leave(self) -> None:
        """Go where no test looks, so that what is shown next is drawn anew; the size is the first one."""
        self.page.set_viewport_size(self.size)
        self.page.evaluate(_SHOW, "#left")

    def show(self, address: str) -> Any:
        """Go to a view of the page (`#case-0-3`), and wait until it is drawn."""
        self.page.evaluate(_SHOW, address)
        heading = self.page.locator("#main h2").first.text_content()
        if heading == "This cannot be shown":
            self.trouble.append(f"{address} cannot be shown: {self.page.inner_text('#main')[:300]}")
        return self.page

    def width(self, pixels: int) -> int:
        """How wide what the page holds is, in a window of that width."""
        size = {"width": pixels, "height": 800}
        if self.page.viewport_size != size:
            self.page.set_viewport_size(size)
        found: int = self.page.evaluate("document.documentElement.scrollWidth")
        return found

    def wrong(self) -> list[str]:
        """What went wrong in it until now."""
        violations = self.page.evaluate("window.violations ?? []")
        if self.page.evaluate("window.ran !== undefined"):
            self.trouble.append("a script of somebody else's ran")
        return [*self.trouble, *(f"the policy was violated: {each}" for each in violations)]

    def close(self) -> list[str]:
        """Close it; what went wrong in it."""
        wrong = self.wrong()
        self.page.context.close()
        return wrong


class Kept:
    """Windows that the tests of a file have in common, one for each file and looks that it is opened with."""

    def __init__(self, browser: Any, leave: Callable[[Window], None] = Window.leave) -> None:
        self._browser = browser
        self._leave = leave
        self._windows: dict[str, Window] = {}

    def window(self, file: Path, **looks: Any) -> Window:
        """The file in its window, where nothing is left of what others looked at."""
        name = f"{file} {sorted(looks.items())}"
        if name in self._windows:
            self._leave(self._windows[name])
        else:
            self._windows[name] = Window.opened(self._browser, file, **looks)
        return self._windows[name]

    def wrong(self) -> list[str]:
        """What went wrong in any of them; one with trouble is closed."""
        found = {name: window.wrong() for name, window in self._windows.items()}
        for name in [name for name, told in found.items() if told]:
            self._windows.pop(name).page.context.close()
        return [each for told in found.values() for each in told]
