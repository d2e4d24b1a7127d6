from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatkit_harness.core.redaction import (
    REDACTED,
    allowed_headers,
    find_secrets,
    redact,
    redact_secrets,
    redact_strings,
    redact_text,
    secret_spans,
)

# Put together from parts, so that no scanner takes this file for a leak.
SECRETS = {
    "OpenAI key": "sk-" + "Ab3" * 16,
    "OpenAI project key": "sk-proj-" + "aB3_x-" * 8,
    "OpenAI ephemeral key": "ek_" + "0a1b2c3d" * 4,
    "AWS key id": "AKIA" + "ABCD2345" * 2,
    "GitHub token": "ghp_" + "a1B2" * 9,
    "GitHub fine token": "github_pat_" + "11AAAA" * 6,
    "JSON web token": "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0" + ".c2lnbmF0dXJl0",
    "bearer token": "Bearer " + "abc123." * 6,
    "organisation id": "org-" + "aB3dE" * 5,
    "project id": "proj_" + "aB3dE" * 5,
    "password": "https://user:hunter2@example.org/simple",
    "token as user": "http://" + "a1B2c3D4" + "@127.0.0.1:3141/root",
    "password with an @": "ftp://me:p@ss" + "word@example.org",
    "escaped address": "https:\\/\\/" + "hunter2" + ":@example.org",
    "key in an address": "https://example.org/v1?api_key=0123456789ab",
    "AWS secret": "aws_secret_access_key = " + "aB3/" * 10,
    "private key": "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
    "named": json.dumps({"api_key": "0123456789abcdef"}),
}

INNOCENT = [
    "The sk-learn library and a risk-adjusted-return-of-the-year",
    "resp_67e554a155508191900ee113293c4c830794405d35281ae2",
    "call_Xk9dK2mN4pQ7rS1tU3vW5xY8",
    "gAAAAABoxC0dvsKe9_yf1eFtIG4UOjaLmzFt3iGkRB08-5MK5q_cS-sk-aaaaaaaaaaaaaaaaaaaa1",
    "write to someone@example.org or see https://example.org:8080/a@b",
    "https://example.org?to=a@b.example https://example.org/@scope/name@1.0 http://[::1]:80/ #a@b",
    "git+ssh://git@example.org/a/b.git",
    "see http://example.org, or ask ann@example.org",
    "http://example.org/\nann@example.org",
    "organization and project_management_is_hard",
    "the bearer of this letter, basic understanding",
    REDACTED,
]

words = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_each_kind_is_found_and_removed(secret: str) -> None:
    text = f"before {secret} after"
    assert find_secrets(text)
    clean = redact_text(text)
    assert clean.startswith("before ")
    assert clean.endswith(" after")
    assert REDACTED in clean
    assert find_secrets(clean) == []


@pytest.mark.parametrize("text", INNOCENT)
def test_what_is_no_secret_is_left_alone(text: str) -> None:
    assert find_secrets(text) == []
    assert redact_text(text) == text


@given(st.sampled_from(sorted(SECRETS.values())), words, words)
def test_after_redaction_nothing_is_found(secret: str, before: str, after: str) -> None:
    once = redact_text(f"{before} {secret} {after}")
    assert find_secrets(once) == []
    assert redact_text(once) == once


@given(json_values, st.sampled_from(sorted(SECRETS.values())))
def test_a_body_keeps_its_shape_and_loses_its_secrets(value: object, secret: str) -> None:
    clean = redact({"deep": [{"inner": f"x {secret}"}, value]})
    assert find_secrets(json.dumps(clean, ensure_ascii=False)) == []
    assert list(clean) == ["deep"]
    assert len(clean["deep"]) == 2


@given(json_values, st.sampled_from(sorted(SECRETS.values())))
def test_texts_lose_their_secrets_whatever_they_are_called(value: object, secret: str) -> None:
    document = {"api_key": "AAPL", "deep": [{"\u00e9" + secret: f"\n{secret}"}, value]}
    clean = redact_strings(document, json.dumps(document))
    assert clean["api_key"] == "AAPL"
    assert [find_secrets(each) for pair in clean["deep"][0].items() for each in pair] == [[], []]
    assert redact_strings(clean, json.dumps(clean)) == clean


def test_what_holds_no_secret_is_not_copied() -> None:
    document = {"token": ["risk-averse, mail me@example.org"]}
    assert redact_strings(document, json.dumps(document)) is document


PIECES = ('"', "\\", "\n", "/home/", "ada", "C:\\Users\\", "/root/", "sk-", "a1B2" * 6, "@", "://")


@given(st.lists(st.sampled_from(PIECES)))
def test_a_text_in_a_body_is_cleaned_like_one_by_itself(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert redact({"a": [text], f"b{text}": 1}) == {"a": [redact_text(text)], redact_text(f"b{text}"): 1}


def test_a_body_without_secrets_is_copied_all_the_same() -> None:
    body: dict[str, Any] = {"input": [{"role": "user", "content": "Hello caf\u00e9 \ud83d"}], "stream": True}
    clean = redact(body)
    assert clean == body
    assert clean["input"][0] is not body["input"][0]


@given(words)
def test_spans_say_what_is_replaced(text: str) -> None:
    spans = secret_spans(text)
    assert spans == sorted(spans)
    assert (redact_secrets(text) == text) == (not spans)


def test_a_key_after_an_escaped_line_end_is_found() -> None:
    text = json.dumps({"x": "my key:\n" + SECRETS["OpenAI key"]})
    assert find_secrets(text)
    assert json.loads(redact_text(text)) == {"x": f"my key:\n{REDACTED}"}


def test_headers_pass_by_an_allow_list() -> None:
    headers = {
        "Authorization": "Bearer x",
        "Set-Cookie": "a=b",
        "openai-organization": "acme",
        "openai-project": "p",
        "X-Anything-New": "1",
        "Content-Type": "application/json",
        "retry-after": "3",
    }
    assert allowed_headers(headers) == {"content-type": "application/json", "retry-after": "3"}
    assert allowed_headers([("DATE", "now")]) == {"date": "now"}


def test_telling_keys_lose_their_text_and_keep_everything_else() -> None:
    body = {"api_key": "short", "Authorization": "x", "password": {"type": "string"}, "tokens": 3, "key": "a"}
    assert redact(body) == {
        "api_key": REDACTED,
        "Authorization": REDACTED,
        "password": {"type": "string"},
        "tokens": 3,
        "key": "a",
    }


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ('File "/home/ann/venv/lib/a.py", line 3', 'File "~/venv/lib/a.py", line 3'),
        ("/Users/ann/x and /root/y", "~/x and ~/y"),
        (r"C:\Users\Ann\x", r"~\x"),
        ("https://example.org/home/ann", "https://example.org/home/ann"),
        ("/rooted/x /srv/home.txt", "/rooted/x /srv/home.txt"),
    ],
)
def test_home_folders_become_a_tilde(text: str, clean: str) -> None:
    assert redact_text(text) == clean


def test_what_is_found_is_told_masked() -> None:
    (told,) = find_secrets(SECRETS["OpenAI key"])
    assert told.startswith("OpenAI key")
    assert SECRETS["OpenAI key"] not in told
