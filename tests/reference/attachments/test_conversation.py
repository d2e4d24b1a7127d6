"""Attachments in conversations: what the model is shown, what goes with a thread, what is swept."""

from __future__ import annotations

import base64
import sys
from pathlib import Path
from typing import Any

import pytest
from chatkit.store import NotFoundError
from tests.reference.attachments import files
from tests.reference.attachments.conftest import Site, as_user
from tests.reference.loopback import Chat, LoopbackModel, words

from chatkit_harness.reference.attachments.limits import AttachmentLimits
from chatkit_harness.reference.attachments.opening import open_attachments
from chatkit_harness.reference.attachments.refusals import AttachmentRefusedError
from chatkit_harness.reference.market import FixtureMarketData
from chatkit_harness.reference.server import MarketChatKitServer, create_server
from chatkit_harness.reference.stores import MemoryStore

PNG = files.image()


async def ask(site: Site, text: str, *ids: str, user: str = "ada", thread: str = "") -> Chat:
    """A message with attachments."""
    chat = Chat(site.server, as_user(user), thread)
    content = [{"type": "input_text", "text": text}]
    message = {"content": content, "attachments": list(ids), "inference_options": {}}
    kind, where = ("threads.add_user_message", {"thread_id": thread}) if thread else ("threads.create", {})
    events = await chat.send(kind, input=message, **where)
    assert words(events) == ["It rises."]
    return chat


def shown(model: LoopbackModel) -> list[dict[str, Any]]:
    """The parts of the user's messages in the model's last request, but for their words."""
    messages = [each for each in model.requests[-1]["input"] if each.get("role") == "user"]
    return [part for each in messages for part in each["content"] if part.get("text") is None]


def texts(model: LoopbackModel) -> str:
    return str([each.get("content") for each in model.requests[-1]["input"]])


@pytest.fixture
def told(model: LoopbackModel) -> LoopbackModel:
    """A model that says the same three times."""
    for _ in range(3):
        model.says("It rises.")
    return model


async def test_an_image_and_a_document_reach_the_model(site: Site, told: LoopbackModel) -> None:
    image = await site.uploaded(PNG, "chart.png", "image/png")
    document = await site.uploaded(files.PDF, "report.pdf", "application/pdf")
    await ask(site, "What does it show?", image["id"], document["id"])
    first, second = shown(told)
    assert first["type"] == "input_image"
    assert base64.b64decode(first["image_url"].removeprefix("data:image/png;base64,")) == PNG
    assert (second["type"], second["filename"]) == ("input_file", "report.pdf")


async def test_earlier_files_go_along_as_far_as_there_is_room(tmp_path: Path, told: LoopbackModel) -> None:
    site = Site(tmp_path, limits=AttachmentLimits(model_bytes=len(PNG) + 10))
    one, two = [await site.uploaded(PNG, f"{name}.png", "image/png") for name in ("one", "two")]
    chat = await ask(site, "And this?", one["id"])
    assert len(shown(told)) == 1
    await ask(site, "And that?", two["id"], thread=chat.thread_id)
    assert len(shown(told)) == 1
    assert "attached one.png" in texts(told)


class NewerRows(MemoryStore):
    """A store whose attachments were written by a chatkit that is yet to come."""

    def _put_attachment(self, attachment_id: str, owner: str, model: str) -> bool:
        del model
        return super()._put_attachment(attachment_id, owner, '{"type": "hologram"}')


async def test_a_row_that_cannot_be_read_is_kept_and_nobody_elses_upload_fails(tmp_path: Path) -> None:
    site = Site(tmp_path, store=NewerRows())
    await site.uploaded(PNG, "chart.png", "image/png")
    site.now += site.limits.upload_s
    assert (await site.post(PNG, "chart.png", "image/png", user="bob")).status == 200
    assert site.on_disk() == sorted(["ID.file", "ID.json", "ID.preview"] * 2)


async def test_a_deleted_file_does_not_end_its_conversation(site: Site, told: LoopbackModel) -> None:
    image = await site.uploaded(PNG, "chart.png", "image/png")
    chat = await ask(site, "What is it?", image["id"])
    assert (await site.sdk("attachments.delete", attachment_id=image["id"])).status == 200
    await ask(site, "And now?", thread=chat.thread_id)
    assert shown(told) == []
    assert "attached chart.png" in texts(told)


async def test_a_server_that_takes_no_files_any_more_goes_on(site: Site, told: LoopbackModel) -> None:
    image = await site.uploaded(PNG, "chart.png", "image/png")
    chat = await ask(site, "What is it?", image["id"])
    site.server = MarketChatKitServer(site.store, FixtureMarketData())
    await ask(site, "And now?", thread=chat.thread_id)
    assert "attached chart.png here, which cannot be shown" in texts(told)


async def test_what_was_never_uploaded_is_not_sent(site: Site, told: LoopbackModel) -> None:
    announced = (await site.announce("chart.png", len(PNG), "image/png")).document
    with pytest.raises(AttachmentRefusedError, match=r"chart\.png has not been uploaded"):
        await ask(site, "What is it?", announced["id"])
    assert told.requests == []
    refused = await site.sdk("threads.create", input=message_with(announced["id"]))
    assert (refused.status, refused.code) == (409, "not_uploaded")


async def test_somebody_elses_file_is_not_sent(site: Site, told: LoopbackModel) -> None:
    image = await site.uploaded(PNG, "chart.png", "image/png")
    with pytest.raises(NotFoundError):
        await ask(site, "What is it?", image["id"], user="bob")
    assert (await site.sdk("threads.create", user="bob", input=message_with(image["id"]))).status in (
        403,
        404,
    )
    assert told.requests == []


async def test_a_message_has_so_many_files_at_most(site: Site) -> None:
    with pytest.raises(AttachmentRefusedError, match="3 files at most"):
        await ask(site, "What is it?", *(f"atc_{n:032x}" for n in range(4)))


def message_with(*ids: str) -> dict[str, Any]:
    content = [{"type": "input_text", "text": "What is it?"}]
    return {"content": content, "attachments": list(ids), "inference_options": {}}


async def test_files_go_with_their_thread(site: Site, told: LoopbackModel) -> None:
    image = await site.uploaded(PNG, "chart.png", "image/png")
    chat = await ask(site, "What is it?", image["id"])
    with pytest.raises(NotFoundError):
        await Chat(site.server, as_user("bob")).send("threads.delete", thread_id=chat.thread_id)
    assert site.on_disk() == ["ID.file", "ID.json", "ID.preview"]
    await chat.send("threads.delete", thread_id=chat.thread_id)
    assert site.on_disk() == []
    with pytest.raises(NotFoundError):
        await site.store.load_attachment(image["id"], as_user("ada"))


async def test_a_file_of_two_threads_stays_for_the_other(site: Site, told: LoopbackModel) -> None:
    image = await site.uploaded(PNG, "chart.png", "image/png")
    first, second = [await ask(site, "What is it?", image["id"]) for _ in range(2)]
    await first.send("threads.delete", thread_id=first.thread_id)
    assert site.on_disk() == ["ID.file", "ID.json", "ID.preview"]
    await second.send("threads.delete", thread_id=second.thread_id)
    assert site.on_disk() == []


async def test_what_was_announced_and_never_came_is_swept(site: Site) -> None:
    announced = (await site.announce("chart.png", len(PNG), "image/png")).document
    site.now += site.limits.upload_s - 1
    assert await site.attachments.sweep() == 0
    site.now += 1
    assert await site.attachments.sweep() == 1
    assert site.on_disk() == []
    with pytest.raises(NotFoundError):
        await site.store.load_attachment(announced["id"], as_user("ada"))


async def test_what_was_never_sent_is_swept_after_a_day(site: Site, told: LoopbackModel) -> None:
    sent = await site.uploaded(PNG, "sent.png", "image/png")
    await site.uploaded(PNG, "unsent.png", "image/png")
    await ask(site, "What is it?", sent["id"])
    site.now += site.limits.unsent_s
    assert await site.attachments.sweep() == 1
    assert (await site.send("GET", f"/attachments/{sent['id']}/content")).status == 200


async def test_what_the_store_has_forgotten_is_swept(site: Site) -> None:
    await site.uploaded(PNG, "chart.png", "image/png")
    after = Site(site.folder, store=MemoryStore())  # it was started anew, and remembers nothing
    assert await after.attachments.sweep() == 0
    after.now += site.limits.upload_s
    assert await after.attachments.sweep() == 1
    assert after.on_disk() == []


async def test_what_a_crash_left_behind_is_swept(site: Site) -> None:
    await site.uploaded(PNG, "chart.png", "image/png")
    (home,) = [each for each in site.folder.iterdir() if each.is_dir()]
    (home / ".incoming-0123").write_bytes(b"half")
    (home / f"atc_{0:032x}.file").write_bytes(b"without a record")
    (home / f"atc_{1:032x}.json").write_bytes(b"{half a rec")
    site.now = 9e9
    await site.attachments.sweep()
    assert site.on_disk() == []


def test_a_server_is_told_of_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("UPLOAD_DIR", str(tmp_path / "given"))
    assert create_server({"attachments": "disk"}).attachment_store is not None
    assert (tmp_path / "given/secret").exists()
    monkeypatch.delenv("UPLOAD_DIR")
    open_attachments("disk", MemoryStore())
    assert len(list(tmp_path.glob("uploads-*/secret"))) == 1
    open_attachments("disk:mine", MemoryStore())
    assert (tmp_path / "mine/secret").exists()


def test_what_is_missing_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "puremagic", None)
    with pytest.raises(RuntimeError, match="attachments need puremagic"):
        create_server({"attachments": "disk"})


@pytest.mark.parametrize("word", ["s3", "disk:", "yes"])
def test_another_word_is_no_store(word: str) -> None:
    with pytest.raises(ValueError, match="attachments may be disk"):
        create_server({"attachments": word})


def test_without_the_option_nothing_can_be_attached() -> None:
    assert create_server({}).attachment_store is None
