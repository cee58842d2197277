"""The image and the services are what production needs."""

import re
import shutil
import subprocess

import pytest
import yaml

from tests.platform.conftest import PROJECT

DOCKERFILE = (PROJECT / "Dockerfile").read_text()
SERVICES = yaml.safe_load((PROJECT / "compose.yaml").read_text())["services"]


def test_image_copies_what_exists_and_is_not_ignored():
    sources = re.findall(r"^COPY (\S+) \S+$", DOCKERFILE, re.MULTILINE)
    ignored = (PROJECT / ".dockerignore").read_text().splitlines()

    assert len(sources) == 8
    for source in sources:
        assert (PROJECT / source).exists()
        assert f"!{source}" in ignored


def test_image_installs_hashed_packages_and_runs_as_nobody_special():
    assert "--require-hashes -r requirements/base.txt" in DOCKERFILE
    assert re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE) == ["site"]
    assert DOCKERFILE.index("USER site") < DOCKERFILE.index("CMD")


def test_web_and_worker_wait_for_the_migration():
    migrated = {"migrate": {"condition": "service_completed_successfully"}}

    assert SERVICES["web"]["depends_on"] == migrated
    assert SERVICES["worker"]["depends_on"] == migrated
    assert SERVICES["migrate"]["depends_on"] == {
        "postgres": {"condition": "service_healthy"}
    }


def test_ledger_outlives_containers_and_is_no_part_of_the_database():
    for name in ("migrate", "web", "worker"):
        folder = SERVICES[name]["environment"]["EVENT_LEDGER"]
        assert SERVICES[name]["volumes"] == [f"ledger:{folder}"]
        assert f"install --directory --owner=site {folder}\n" in DOCKERFILE
    assert "ledger" not in str(SERVICES["postgres"]["volumes"])


def test_no_secret_is_written_down():
    passwords = {
        service["environment"].get("POSTGRES_PASSWORD", "${")[:2]
        for service in SERVICES.values()
    }

    assert passwords == {"${"}
    assert SERVICES["web"]["env_file"] == ".env"


def test_docker_accepts_the_services(tmp_path):
    compose = ["docker", "compose"]
    if not shutil.which("docker") or _fails([*compose, "version"]):
        pytest.skip("docker compose is not installed")
    (tmp_path / ".env").write_text("POSTGRES_PASSWORD=x\n")
    shutil.copy(PROJECT / "compose.yaml", tmp_path)

    assert not _fails([*compose, "-f", str(tmp_path / "compose.yaml"), "config", "-q"])


def _fails(command: list[str]) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode != 0
