from __future__ import annotations

from pathlib import Path

import pytest

from chatkit_harness.reference.web.limits import Limits
from chatkit_harness.reference.web.settings import Settings, SettingsError, read_settings

SECRET = "s3cr3t-" * 5


def test_an_empty_environment_gives_the_usual() -> None:
    assert read_settings({}) == read_settings({"LOG_LEVEL": " ", "OPENAI_BASE_URL": ""}) == Settings()


def test_the_database_of_another_application_is_none_of_its_business() -> None:
    assert read_settings({"DATABASE_URL": "mysql://ada:pw@db/shop"}) == Settings()


def test_what_is_said_is_read() -> None:
    settings = read_settings(
        {
            "OPENAI_API_KEY": "sk-live-1",
            "OPENAI_BASE_URL": "http://127.0.0.1:8000/v1",
            "UPLOAD_DIR": "/var/uploads",
            "LOG_LEVEL": "warning",
            "SESSION_SECRET": SECRET,
            "SESSION_ISSUER_KEY": SECRET,
            "ALLOWED_ORIGINS": "https://app.example.com, http://localhost:3000",
            "REQUESTS_PER_MINUTE": "30",
            "STREAMS_PER_USER": "0",
        }
    )
    assert (settings.base_url, settings.log_level) == ("http://127.0.0.1:8000/v1", "WARNING")
    assert settings.upload_dir == Path("/var/uploads")
    assert settings.origins == ("https://app.example.com", "http://localhost:3000")
    assert settings.limits == Limits(requests_per_minute=30, streams=0)
    assert not any(word in repr(settings) for word in ("sk-live", "s3cr3t"))


@pytest.mark.parametrize(
    ("name", "unbounded"), [("TURN_SECONDS", False), ("REQUEST_BURST", False), ("STREAMS_PER_USER", True)]
)
def test_no_bound_is_offered_where_there_can_be_none(name: str, unbounded: bool) -> None:
    with pytest.raises(SettingsError) as wrong:
        read_settings({name: "-1"})
    assert ("no bound" in str(wrong.value)) == unbounded


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LOG_LEVEL", "LOUD"),
        ("OPENAI_BASE_URL", "api.example.com"),
        ("OPENAI_BASE_URL", "http://[::1"),
        ("OPENAI_BASE_URL", "http:api"),
        ("OPENAI_BASE_URL", "ftp://ada:pw-hidden@api"),
        ("SESSION_SECRET", "pw-hidden"),
        ("SESSION_ISSUER_KEY", "pw-hidden" * 5 + "é"),
        ("ALLOWED_ORIGINS", "*"),
        ("ALLOWED_ORIGINS", "https://app.example.com/path"),
        ("ALLOWED_ORIGINS", "app.example.com"),
        ("REQUESTS_PER_MINUTE", "many"),
        ("REQUESTS_PER_MINUTE", "-1"),
        ("STREAMS_PER_USER", "nan"),
        ("TURN_SECONDS", "0"),
        ("REQUEST_BURST", "0"),
    ],
)
def test_what_is_wrong_is_named_and_not_repeated(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name) as told:
        read_settings({name: value})
    assert "pw-hidden" not in str(told.value)
