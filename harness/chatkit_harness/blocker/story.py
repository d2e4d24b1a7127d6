"""The story that the blocker is known from: a pair, a day, and the program of a team."""

from __future__ import annotations

import datetime as dt

CHATKIT, AGENTS = "openai-chatkit==1.2.0", "openai-agents==0.5.1"
PAIR = (CHATKIT, AGENTS)
AS_OF = dt.datetime(2025, 11, 17, tzinfo=dt.UTC)
THEN = AS_OF.strftime("%Y-%m-%dT%H:%M:%SZ")
PYTHON = "3.12"
SCENARIO = "quote-aapl"
OTHER_PROJECT = "agents==1.4.0"
"""An unrelated distribution, which owns `agents/__init__.py` too. What it requires is left out."""

NAME = "InputGuardrailTripwireTriggered"
MESSAGE = f"ImportError: cannot import name '{NAME}' from 'agents' (unknown location)"
"""What the team read."""

PROGRAM = "server.py"
SERVER = '''"""The team's ChatKit server: its imports; what answers is the harness's reference server."""

from chatkit.agents import AgentContext, stream_agent_response
from chatkit.server import ChatKitServer

from {agents} import Agent, Runner


def create_server(options):
    from chatkit_harness.reference.server import create_server

    return create_server(options)


def create_context(values):
    from chatkit_harness.reference.context import create_context

    return create_context(values)
'''


def server(agents: str = "agents") -> str:
    """The text of the team's program; `agents` is the module that it takes the agents from."""
    return SERVER.format(agents=agents)
