"""Agents without tools: the model's words, whatever they come as."""

from __future__ import annotations

from agents import Agent

from .part import MODEL, Maker, Options, Part, agent_part


def _plain(options: Options) -> Part:
    return agent_part(Agent(name="Plain", model=MODEL, instructions="Answer in a sentence."), options)


PARTS: dict[str, Maker] = {"plain": _plain}
