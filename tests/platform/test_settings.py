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
        (RIGHT | {"TASK_WORKERS": "many"}, "TASK_WORKERS must be a whole number"),
        (RIGHT | {"STRIPE_TIMEOUT": "soon"}, "STRIPE_TIMEOUT must be a number"),
        # Not simply off: passwords would go to the mail server in the clear.
        (RIGHT | {"EMAIL_USE_TLS": "maybe"}, "EMAIL_USE_TLS must be on or off"),
        (RIGHT | {"LOG_LEVEL": "loud"}, "LOG_LEVEL must be one of DEBUG"),
        (RIGHT | {"DATABASE_URL": ""}, "DATABASE_URL is no address of a PostgreSQL"),
        (RIGHT | {"DATABASE_URL": "mysql://u:secret@h/d"}, "DATABASE_URL is no addres"),
        (RIGHT | {"DATABASE_URL": "postgresql://u:secret@h:x/d"}, "DATABASE_URL is no"),
    ],
)
def test_refuses_to_start(run, environment, sentence):
    refused = run(*IMPORT, **environment)

    assert refused.returncode == 1
    assert f"ImproperlyConfigured: {sentence}" in refused.stderr
    assert "u:secret" not in refused.stderr


def test_what_is_left_blank_counts_as_not_set(run):
    blank = {"TASK_WORKERS": "", "EMAIL_USE_TLS": " ", "LOG_LEVEL": ""}

    assert run(*IMPORT, **RIGHT, **blank).stdout == "production\n"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is not set."),
        ({"BASE_URL": ""}, "BASE_URL is not set."),
        ({"BASE_URL": "conferences.example.org"}, "BASE_URL is not set."),
        ({"PAYMENT_PROVIDERS": "invoice,paypal"}, "PAYMENT_PROVIDERS names “paypal”"),
    ],
)
def test_servers_refuse_to_start(run, wrong, sentence):
    """What they would only fail at later: commands that need none of it go on."""
    public = {"ALLOWED_HOSTS": "a.example.org", "BASE_URL": "https://a.example.org"}
    right = RIGHT | public | {"DATABASE_URL": "postgresql://127.0.0.1:1/conference"}
    refused = run("manage.py", "may_serve", **(right | wrong))

    assert run("manage.py", "may_serve", **right).returncode == 0
    assert refused.returncode == 1
    assert sentence in refused.stderr


def test_follows_the_demo_that_ran_here(run, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("DEMO_DIR", str(tmp_path / "démo"))
    demo_environment.write({"SITE_MODE": "demo", "SECRET_KEY": KEY})

    followed = run(*IMPORT, DEMO_DIR=str(tmp_path / "démo"))

    assert followed.stdout == "demo\n"


def test_importing_the_test_settings_needs_nothing(run):
    imported = run("-c", "import tests.settings as s; print(s.SITE_MODE)")

    assert imported.stdout == "test\n"
