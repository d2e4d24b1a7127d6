"""Tools whose output is more than text: pictures, files, several parts (agents 0.4.0 on)."""

from __future__ import annotations

from typing import Any

from agents import Agent, ToolOutputFileContent, ToolOutputImage, ToolOutputText, function_tool

from .part import MODEL, Maker, Options, Part, agent_part

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@function_tool
def chart(symbol: str) -> ToolOutputImage:
    """Draws a chart."""
    del symbol
    return ToolOutputImage(image_url=f"data:image/png;base64,{PIXEL}", detail="low")


@function_tool
def filing(symbol: str) -> ToolOutputFileContent:
    """Fetches a filing."""
    return ToolOutputFileContent(file_data=PIXEL, filename=f"{symbol}.pdf")


@function_tool
def digest(symbol: str) -> list[Any]:
    """Words and a chart."""
    words = ToolOutputText(text=f"{symbol} in one picture:")
    return [words, ToolOutputImage(image_url=f"data:image/png;base64,{PIXEL}")]


def _tools(options: Options) -> Part:
    tools: list[Any] = [chart, filing, digest]
    return agent_part(
        Agent[Any](name="Outputs", model=MODEL, instructions="Use the tools.", tools=tools), options
    )


PARTS: dict[str, Maker] = {"tools": _tools}
