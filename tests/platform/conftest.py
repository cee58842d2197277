"""Commands of the project, run as a visitor would: without our environment."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conference_site import embedded_postgres

PROJECT = Path(__file__).resolve().parent.parent.parent
KEPT = ("PATH", "HOME", "TMPDIR", "LANG")

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def visitor(tmp_path: Path) -> dict[str, str]:
    """An environment that knows nothing of these tests."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return kept | {"DEMO_DIR": str(tmp_path / "no demo here")}


@pytest.fixture
def run(visitor: dict[str, str]) -> Run:
    def run_python(*arguments: str, **environment: str):
        return subprocess.run(
            [sys.executable, *arguments],
            check=False,
            capture_output=True,
            text=True,
            cwd=PROJECT,
            env=visitor | environment,
            timeout=60,
        )

    return run_python


@pytest.fixture
def start_postgres() -> Iterator[Callable[[Path], embedded_postgres.Server]]:
    """Starts servers that are gone, with all they wrote, after the test."""
    servers = []

    def start(folder: Path) -> embedded_postgres.Server:
        servers.append(embedded_postgres.start(folder, fast=True))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()
        subprocess.run(["rm", "-rf", str(server.home)], check=True)
