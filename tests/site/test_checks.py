"""Each finding of the deploy check, and that good settings have none."""

from typing import Any

import pytest

from conference_site.checks import check_deployment


@pytest.fixture
def sound(settings: Any) -> Any:
    """Settings as they should be in production."""
    settings.HOLD_SECONDS = None
    settings.BASE_URL = "https://conference.example.org"
    settings.PAYMENT_PROVIDERS = ["invoice"]
    settings.SECURE_PROXY_SSL_HEADER = None
    return settings


def findings() -> list[str]:
    return [
        str(finding.id).removeprefix("conference_site.")
        for finding in check_deployment(None)
    ]


def test_sound_settings_have_no_findings(sound: Any) -> None:
    assert findings() == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("HOLD_SECONDS", 5, ["E001"]),
        ("BASE_URL", "http://localhost:8000", ["W003"]),
        ("PAYMENT_PROVIDERS", ["sandbox"], ["E006"]),
        ("SECURE_PROXY_SSL_HEADER", ("HTTP_X_FORWARDED_PROTO", "https"), ["W002"]),
        ("Q_CLUSTER", {"timeout": 60, "retry": 60, "max_attempts": 5}, ["E004"]),
        ("Q_CLUSTER", {"timeout": 30, "retry": 60}, ["E005"]),
    ],
)
def test_setting_is_found(
    name: str, value: Any, expected: list[str], sound: Any
) -> None:
    setattr(sound, name, value)
    assert findings() == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"OPTIONS": {}}, ["E002", "E002", "E002"]),
        ({"CONN_HEALTH_CHECKS": False}, ["W001"]),
    ],
)
def test_database_setting_is_found(
    change: dict[str, Any],
    expected: list[str],
    sound: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in change.items():
        monkeypatch.setitem(sound.DATABASES["default"], name, value)
    assert findings() == expected


def test_pool_is_found(sound: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sound.DATABASES["default"]["OPTIONS"], "pool", True)
    assert findings() == ["E003"]
