"""Which servers a checkout has, found by reading."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatkit_harness.scaffold.servers import find_servers

BASE = "from chatkit.server import ChatKitServer\n"
SHOP = BASE + "class Shop(ChatKitServer[dict]):\n    async def respond(self, *given): ...\n"


def names(folder: Path, **files: str) -> list[str]:
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [each.name for each in find_servers(folder).servers]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("def create_server():\n    return Shop(store)\n", "create_server"),
        ("def make() -> Shop: ...\n", "make"),
        ("async def make() -> 'Awaitable[Shop]': ...\n", "make"),
        ("def make(options):\n    server = Shop(store)\n    return server\n", "make"),
        ("def make(store=None) -> ChatKitServer[dict]:\n    return build()\n", "make"),
        ("server = Shop(store)\n", "server"),
        ("server: Shop = Shop(store)\n", "server"),
        ("if True:\n    server = Shop(store)\n", "server"),
        ("class Own(Shop):\n    def __init__(self): ...\nclass Last(Own): ...\n", "Own"),
    ],
)
def test_each_way_to_a_server_is_found(tmp_path: Path, text: str, name: str) -> None:
    assert f"shop:{name}" in names(tmp_path, shop=SHOP + text)


@pytest.mark.parametrize(
    "text",
    [
        "def make(store):\n    return Shop(store)\n",
        "def make(*, store) -> Shop: ...\n",
        "def make() -> list[Shop]: ...\n",
        "if __name__ == '__main__':\n    server = Shop(store)\n",
        "def handle():\n    def inner() -> Shop: ...\n    return 1\n",
        "",
    ],
)
def test_what_needs_more_or_is_something_else_is_none(tmp_path: Path, text: str) -> None:
    assert names(tmp_path, shop=SHOP + text) == []
    (unmade,) = find_servers(tmp_path).unmade
    assert (unmade.name, unmade.where) == ("shop:Shop", "shop.py:2")


def test_a_function_counts_before_an_instance_and_that_before_the_class(tmp_path: Path) -> None:
    text = SHOP + "    def __init__(self): ...\nserver = Shop()\ndef create_server():\n    return server\n"
    assert names(tmp_path, shop=text) == ["shop:create_server"]


def test_a_server_is_followed_across_files_and_called_by_its_shortest_name(tmp_path: Path) -> None:
    main = "from .deli import Deli\nchat = Deli(1)\n"
    deli = "from .shop import Shop\nclass Deli(Shop): ...\n"
    found = names(tmp_path, src__app__shop=SHOP, src__app__deli=deli, src__app__main=main)
    assert found == ["app.main:chat"]


def test_servers_of_tests_count_only_where_there_is_no_other(tmp_path: Path) -> None:
    made = SHOP + "server = Shop(1)\n"
    other = made.replace("Shop", "Fake")
    assert names(tmp_path, tests__fakes=other) == ["tests.fakes:server"]
    assert names(tmp_path, shop=made) == ["shop:server"]


def test_two_servers_are_two_and_what_is_no_python_is_told(tmp_path: Path) -> None:
    made = SHOP + "server = Shop(1)\n"
    files = {"one": made, "two": made.replace("Shop", "Desk"), "torn": "class ChatKitServer(:\n"}
    assert names(tmp_path, **files) == ["one:server", "two:server"]
    alike = {"three__server": made, "four__server": made}
    assert names(tmp_path, **alike) == [
        "four.server:server",
        "one:server",
        "three.server:server",
        "two:server",
    ]
    assert find_servers(tmp_path).unreadable == (f"{tmp_path / 'torn.py'}:1",)


def test_nothing_of_the_project_is_run(tmp_path: Path) -> None:
    text = SHOP + "raise SystemExit('imported')\ndef make() -> Shop: ...\n"
    assert names(tmp_path, shop=text) == ["shop:make"]
