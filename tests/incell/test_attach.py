"""Files made up in a cell, and their way to a server of either kind."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chatkit_harness.incell import asgi
from chatkit_harness.incell.attach import ids, made, upload
from chatkit_harness.reference.attachments.content import examined
from chatkit_harness.reference.attachments.refusals import AttachmentRefusedError

FILE = {"name": 'a"b.png', "mime_type": "image/png", "content": "png"}
OLD = {"upload_url": "http://elsewhere/put/here?token=t"}
NEW = {
    "upload_descriptor": {
        "url": "http://elsewhere/put/here?token=t",
        "method": "POST",
        "headers": {"x-own": "1"},
    }
}


class Server:
    """Announces a place in the words of one release, and keeps what is sent."""

    def __init__(self, told: dict[str, Any], status: int = 200) -> None:
        self.told, self.status = told, status
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = (await receive())["body"]
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        path = f"{scope['path']}?{scope['query_string'].decode()}"
        self.requests.append((scope["method"], path, headers, body))
        document = self.told if path.startswith("/chatkit") else {"id": "atc_1"}
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(document).encode()})


@pytest.mark.parametrize(("told", "method"), [(OLD, "PUT"), (NEW, "POST")])
async def test_the_second_phase_goes_where_the_first_one_says(told: dict[str, Any], method: str) -> None:
    server = Server(told)
    answered = await upload(server, {**FILE, "upload": "two-phase", "size": 5}, {"who": "ada"})
    (_, _, first, announced), (second_method, path, second, content) = server.requests
    assert json.loads(announced)["params"] == {"name": 'a"b.png', "size": 5, "mime_type": "image/png"}
    assert (first["who"], "who" in second) == ("ada", False)
    assert (second_method, path, content) == (method, "/put/here?token=t", made("png", 0))
    assert ids(answered) == ["atc_1"]


async def test_a_direct_upload_is_a_form() -> None:
    server = Server({})
    assert ids(await upload(server, FILE, {"who": "ada"})) == ["atc_1"]
    ((method, path, headers, body),) = server.requests
    assert (method, path, headers["who"]) == ("POST", "/attachments?", "ada")
    assert b'filename="a%22b.png"' in body
    assert made("png", 0) in body


async def test_what_is_refused_has_no_id_and_no_second_phase() -> None:
    server = Server({"error": {}}, status=415)
    answered = await upload(server, {**FILE, "upload": "two-phase"}, {})
    assert (answered.status, ids(answered), len(server.requests)) == (415, [], 1)
    assert isinstance(answered, asgi.Answer)


@pytest.mark.parametrize(
    ("kind", "found"), [("png", "image/png"), ("jpeg", "image/jpeg"), ("pdf", "application/pdf")]
)
def test_honest_files_are_what_they_say(kind: str, found: str) -> None:
    assert examined(made(kind, 0), None, 10**6) == (found, made(kind, 0))


@pytest.mark.parametrize("kind", ["exe", "html", "bomb", "cut-off-png"])
def test_the_others_are_not(kind: str) -> None:
    with pytest.raises(AttachmentRefusedError):
        examined(made(kind, 0), None, 10**6)


def test_a_file_can_be_made_as_large_as_asked() -> None:
    assert len(made("png", 50_000)) > 50_000
    assert examined(made("png", 50_000), None, 10**6)[1] == made("png", 50_000)
    assert len(made("exe", 1000)) == 1000
