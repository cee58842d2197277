"""What the demo knows about itself, kept in DEMO_DIR/demo.env.

Settings read that file, so that every `manage.py` command reaches the running demo.
Used before the settings are, hence the standard library alone.
"""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def demo_dir() -> Path:
    return Path(os.environ.get("DEMO_DIR") or PROJECT / ".demo").resolve()


def read() -> dict[str, str]:
    try:
        lines = (demo_dir() / "demo.env").read_text().splitlines()
    except FileNotFoundError:
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line)


def write(values: Mapping[str, str]) -> None:
    """Replace the file at once: a reader sees the old or the new one, never half."""
    target = demo_dir() / "demo.env"
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(".new")
    unfinished.touch(mode=0o600)
    with unfinished.open("w") as file:
        file.writelines(f"{name}={value}\n" for name, value in values.items())
    unfinished.replace(target)


def enter() -> None:
    """Make this process part of the demo, whose secrets are made at its first start."""
    kept = read()
    if not kept.get("SECRET_KEY"):
        kept = {
            "SECRET_KEY": secrets.token_urlsafe(50),
            "DEMO_PASSWORD": os.environ.get("DEMO_PASSWORD")
            or "-".join(secrets.token_hex(2) for _ in range(4)),
        }
        write({"SITE_MODE": "demo"} | kept)
        os.environ["DEMO_ENV_IS_NEW"] = "yes"
    os.environ["SITE_MODE"] = "demo"
    os.environ["DEMO_DIR"] = str(demo_dir())
    os.environ["SECRET_KEY"] = kept["SECRET_KEY"]
    os.environ["DEMO_PASSWORD"] = kept["DEMO_PASSWORD"]
