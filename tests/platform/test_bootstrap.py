"""`python -m conference_site` runs before anything is installed."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conference_site import __main__ as bootstrap
from tests.platform.conftest import PROJECT


def test_needs_the_standard_library_alone(run):
    told = run("-S", "-m", "conference_site")

    assert told.returncode == 1
    assert told.stderr.startswith("python3.11 -m conference_site demo ")


@pytest.fixture
def project(tmp_path: Path, monkeypatch) -> Path:
    """A copy of what the bootstrap needs, in a folder with an awkward name."""
    folder = tmp_path / "our site & ünïcode"
    (folder / "conference_site").mkdir(parents=True)
    for name in ("__init__.py", "__main__.py"):
        shutil.copy(PROJECT / "conference_site" / name, folder / "conference_site")
    shutil.copytree(PROJECT / "requirements", folder / "requirements")
    monkeypatch.setattr(bootstrap, "REQUIREMENTS", folder / "requirements")
    monkeypatch.setattr(bootstrap, "VENV", folder / ".venv")
    monkeypatch.setattr(bootstrap, "PYTHON", folder / ".venv" / "bin" / "python")
    monkeypatch.setattr(bootstrap, "STAMP", folder / ".venv" / "installed.json")
    return folder


def test_packages_are_installed_once_per_lock(project: Path):
    bootstrap.PYTHON.parent.mkdir(parents=True)
    bootstrap.PYTHON.touch()
    assert not bootstrap.is_installed("demo")

    bootstrap.STAMP.write_text(json.dumps(bootstrap.digests("test")))
    assert bootstrap.is_installed("demo")
    assert bootstrap.is_installed("test")
    assert not bootstrap.is_installed("dev")

    with (project / "requirements" / "base.txt").open("a") as lock:
        lock.write("# changed\n")
    assert not bootstrap.is_installed("demo")


@pytest.mark.processes
def test_no_network_is_said_in_one_sentence(project: Path, visitor):
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "0"}
    nowhere |= {"PIP_CONFIG_FILE": "/dev/null"}

    refused = subprocess.run(
        [sys.executable, str(project / "conference_site"), "install", "demo"],
        check=False,
        capture_output=True,
        text=True,
        cwd=project,
        env=visitor | nowhere,
    )

    assert refused.returncode == 1
    assert "package index cannot be reached" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert not (project / ".venv" / "installed.json").exists()


def test_full_disk_is_said_before_anything_is_made(project: Path, monkeypatch):
    monkeypatch.setattr(bootstrap, "SPACE_NEEDED", 10**18)

    with pytest.raises(bootstrap.CannotPrepare, match="Too little space"):
        bootstrap.prepare("demo")
    assert not bootstrap.VENV.exists()
