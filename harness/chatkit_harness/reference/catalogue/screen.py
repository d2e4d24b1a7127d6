"""A computer for the model to use: it takes every order and always looks the same."""

from __future__ import annotations

from typing import Any

from agents import AsyncComputer

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
"""A picture of one pixel, as PNG in base64."""


class Screen(AsyncComputer):
    """One screen of 800 by 600."""

    @property
    def environment(self) -> Any:
        """It shows a browser."""
        return "browser"

    @property
    def dimensions(self) -> tuple[int, int]:
        """Its size in pixels."""
        return 800, 600

    async def screenshot(self) -> str:
        """What it looks like."""
        return PIXEL

    async def click(self, x: int, y: int, button: Any) -> None:
        """Nothing moves."""

    async def double_click(self, x: int, y: int) -> None:
        """Nothing moves."""

    async def scroll(self, x: int, y: int, scroll_x: int, scroll_y: int) -> None:
        """Nothing moves."""

    async def type(self, text: str) -> None:
        """Nothing appears."""

    async def wait(self) -> None:
        """It is ready at once."""

    async def move(self, x: int, y: int) -> None:
        """Nothing moves."""

    async def keypress(self, keys: list[str]) -> None:
        """Nothing appears."""

    async def drag(self, path: list[tuple[int, int]]) -> None:
        """Nothing moves."""
