"""The reference server's HTTP side: ChatKit's own endpoint and the few that a page needs besides it.

app = create_app(server, market=FixtureMarketData(), sessions=SessionStore())

Plain Starlette, which every release of agents brings along. Read `app.py` first. Without chatkit
(`server` None) everything works but the two routes that hold a conversation, which say so.
"""

from .app import create_app, create_app_for

__all__ = ["create_app", "create_app_for"]
