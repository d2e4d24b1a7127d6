"""The guide on the web, behind the museum's gate: it sets `x-visitor` on what it lets in."""

from __future__ import annotations

from collections.abc import AsyncIterator

from chatkit.store import NotFoundError
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from .contexts import visitor_from
from .server import Guide, create_server
from .store import BadCursorError, NotYoursError


async def chat(request: Request) -> Response:
    """One request of ChatKit's."""
    name = request.headers.get("x-visitor", "").strip()
    if not name:
        return _refusal(401, "Please come through the gate.")
    guide: Guide = request.app.state.guide
    try:
        result = await guide.process(await request.body(), visitor_from({"user_id": name}))
        if not hasattr(result, "__aiter__"):
            return Response(result.json, media_type="application/json")
        return await _streamed(result.__aiter__())
    except ValidationError:
        return _refusal(422, "This is no request of ChatKit's.")
    except NotYoursError:
        return _refusal(403, "This tour is another visitor's.")
    except NotFoundError:
        return _refusal(404, "There is no such thing here.")
    except BadCursorError:
        return _refusal(400, "There is no such page.")
    except NotImplementedError:
        return _refusal(501, "The guide does not do that.")


async def _streamed(events: AsyncIterator[bytes]) -> Response:
    """The stream, once its first piece is there: until then the status can still say what is wrong."""
    first = await anext(events, b"")

    async def rest() -> AsyncIterator[bytes]:
        yield first
        async for each in events:
            yield each

    return StreamingResponse(rest(), media_type="text/event-stream")


def _refusal(status: int, words: str) -> Response:
    return JSONResponse({"error": words}, status_code=status)


def create_app() -> Starlette:
    """The application, with a guide of its own."""
    app = Starlette(routes=[Route("/guide/chatkit", chat, methods=["POST"])])
    app.state.guide = create_server()
    return app


app = create_app()
