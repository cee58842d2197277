"""What the site reads from its environment is written down, and demo.env is private."""

import re
from pathlib import Path

from conference_site import demo_environment
from tests.platform.conftest import PROJECT

READERS = [
    *(PROJECT / "conference_site").glob("*.py"),
    *(PROJECT / "conference_site" / "management").rglob("*.py"),
]
READ = re.compile(r"""(?:\benv\.\w+\(|os\.environ(?:\.get\(|\[))["']([A-Z_]+)["']""")
# Said by one of our processes to another, or only to compose.yaml
INTERNAL = {"DEMO_ENV_IS_NEW", "DJANGO_SETTINGS_MODULE"}
OF_COMPOSE = {"POSTGRES_PASSWORD"}


def test_env_example_lists_every_variable():
    texts = [re.sub(r"\(\s+", "(", file.read_text()) for file in READERS]
    read = {name for text in texts for name in READ.findall(text)}
    listed = re.findall(
        r"^#?([A-Z][A-Z_]+)=", (PROJECT / ".env.example").read_text(), re.MULTILINE
    )

    assert sorted(listed) == sorted((read - INTERNAL) | OF_COMPOSE)


def test_readme_lists_every_variable_of_the_demo():
    readme = (PROJECT / "README.md").read_text()

    assert [
        name
        for name in (
            "PORT",
            "DEMO_DIR",
            "DATABASE_URL",
            "HOLD_SECONDS",
            "DEMO_PASSWORD",
        )
        if f"`{name}`" not in readme
    ] == []


def test_demo_env_keeps_its_secrets(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("DEMO_DIR", str(tmp_path))
    monkeypatch.setenv("SECRET_KEY", "of somebody else")
    monkeypatch.setenv("DEMO_PASSWORD", "")
    monkeypatch.setenv("SITE_MODE", "production")
    demo_environment.enter()
    first = demo_environment.read()
    demo_environment.enter()

    assert demo_environment.read() == first
    assert first["SITE_MODE"] == "demo"
    assert len(first["SECRET_KEY"]) > 50
    assert (tmp_path / "demo.env").stat().st_mode & 0o777 == 0o600
