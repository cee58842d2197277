"""No child outlives its supervisor, however that one ends."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conference_site.processes import MARK, Family, group_is_alive, kill_marked
from tests.platform.conftest import PROJECT
from tests.waiting import PATIENCE

pytestmark = pytest.mark.processes
# A leader that ends at once and leaves two children, one of them deaf to TERM
ORPHANS = "trap '' TERM; sleep 600 & sleep 600 & exit 0"
SUPERVISOR = """
import os, signal, sys
from conference_site.processes import Family, Warden
warden = Warden()
family = Family.start(["sh", "-c", "sleep 600 & sleep 600"], environment=os.environ)
warden.watch(family)
print(family.leader.pid, flush=True)
signal.pause()
"""


def start_orphans(**environment: str) -> Family:
    family = Family.start(["sh", "-c", ORPHANS], environment=os.environ | environment)
    family.leader.wait()
    return family


def replaced(family: Family, *, within: float) -> bool:
    """Both children run sleep by now: while they start it they have no environment."""
    end = time.monotonic() + within
    while sleepers(family.leader.pid) < 2 and time.monotonic() < end:
        time.sleep(0.01)
    return sleepers(family.leader.pid) == 2


def sleepers(group: int) -> int:
    found = 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # gone meanwhile
            command, _, rest = file.read_text().rpartition(")")
            found += command.endswith("(sleep") and rest.split()[2] == str(group)
    return found


def gone(group: int, *, within: float) -> bool:
    end = time.monotonic() + within
    while group_is_alive(group) and time.monotonic() < end:
        time.sleep(0.02)
    return not group_is_alive(group)


def test_orphans_of_a_dead_leader_are_killed():
    family = start_orphans()
    assert family.is_alive()

    family.stop(patience=0)

    assert not family.is_alive()


def test_warden_kills_what_a_killed_supervisor_leaves():
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR],
        stdout=subprocess.PIPE,
        cwd=PROJECT,
        text=True,
    )
    with supervisor:
        assert supervisor.stdout
        group = int(supervisor.stdout.readline())
        os.kill(supervisor.pid, signal.SIGKILL)

    assert gone(group, within=PATIENCE)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs Linux")
def test_marked_leftovers_are_found_and_killed(tmp_path):
    family = start_orphans(**{MARK: str(tmp_path)})
    assert replaced(family, within=PATIENCE)

    assert kill_marked(str(tmp_path)) == 2
    assert gone(family.leader.pid, within=PATIENCE)
