"""Settings refuse to start without what the mode needs, in one sentence."""

from pathlib import Path

import pytest

from conference_site import demo_environment

IMPORT = ("-c", "import conference_site.settings as s; print(s.SITE_MODE)")
KEY = "k" * 50
EVENT_KEYS = {"EVENT_DIGEST_KEY": KEY, "PERSONAL_DATA_KEYS": f"{KEY},{KEY}old"}
RIGHT = {
    "SECRET_KEY": KEY,
    "DATABASE_URL": "postgresql:///conference",
    **EVENT_KEYS,
}


def test_production_is_the_default_mode(run):
    assert run(*IMPORT, **RIGHT).stdout == "production\n"


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({}, "SECRET_KEY is missing"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is missing or shorter"),
        ({"SECRET_KEY": KEY}, "EVENT_DIGEST_KEY is missing"),
        (RIGHT | {"EVENT_DIGEST_KEY": "short"}, "EVENT_DIGEST_KEY is missing or"),
        (RIGHT | {"PERSONAL_DATA_KEYS": ""}, "PERSONAL_DATA_KEYS is missing"),
        (RIGHT | {"PERSONAL_DATA_KEYS": f"{KEY},x"}, "PERSONAL_DATA_KEYS is missing"),
        ({"SECRET_KEY": KEY, **EVENT_KEYS}, "DATABASE_URL is missing"),
        (RIGHT | {"HOLD_SECONDS": "5"}, "HOLD_SECONDS is for trying things out"),
        (RIGHT | {"SITE_MODE": "debug"}, "SITE_MODE must be"),
    ],
)
def test_refuses_to_start(run, environment, sentence):
    refused = run(*IMPORT, **environment)

    assert refused.returncode == 1
    assert f"ImproperlyConfigured: {sentence}" in refused.stderr


def test_follows_the_demo_that_ran_here(run, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("DEMO_DIR", str(tmp_path / "démo"))
    demo_environment.write({"SITE_MODE": "demo", "SECRET_KEY": KEY})

    followed = run(*IMPORT, DEMO_DIR=str(tmp_path / "démo"))

    assert followed.stdout == "demo\n"


def test_importing_the_test_settings_needs_nothing(run):
    imported = run("-c", "import tests.settings as s; print(s.SITE_MODE)")

    assert imported.stdout == "test\n"
