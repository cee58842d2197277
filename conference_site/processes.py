"""Child processes with everything they start, and how to be rid of them again."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1
MARK = "CONFERENCE_SITE_CHILD"


def ends_with_parent(sign: signal.Signals) -> Callable[[], None] | None:
    """For Popen's preexec_fn: Linux sends the child this signal when we are killed."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    parent = os.getpid()

    def ask_the_kernel() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(sign))
        if os.getppid() != parent:  # killed between fork and prctl
            os.kill(os.getpid(), sign)

    return ask_the_kernel


def group_is_alive(group: int) -> bool:
    """Whether anybody in it still runs. The dead that init has not buried do not."""
    if not Path("/proc/self/stat").exists():
        try:
            os.killpg(group, 0)
        except (ProcessLookupError, PermissionError):  # macOS: a group of zombies
            return False
        return True
    return any(
        member == group and state != "Z" for state, member in _states_and_groups()
    )


def _states_and_groups() -> Iterator[tuple[str, int]]:
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # gone meanwhile
            # pid (any name) state parent group ...
            state, _, group = file.read_text().rpartition(")")[2].split()[:3]
            yield state, int(group)


@dataclass(frozen=True)
class Family:
    """A process that leads its own session, and its descendants.

    django-q2 leaves orphans behind when its first process dies; they stay in its group.
    """

    leader: subprocess.Popen[bytes]

    @classmethod
    def start(
        cls,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str],
        output: int | None = None,
        errors: int | None = None,
    ) -> "Family":
        return cls(
            subprocess.Popen(  # noqa: S603 - commands of this project
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                env=environment,
                start_new_session=True,  # Ctrl-C is for the supervisor alone
            )
        )

    def has_died(self) -> bool:
        return self.leader.poll() is not None

    def is_alive(self) -> bool:
        self.leader.poll()
        return group_is_alive(self.leader.pid)

    def ask_to_stop(self) -> None:
        if not self.has_died():
            self.leader.terminate()

    def stop(self, *, patience: float) -> None:
        self.ask_to_stop()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.leader.wait(timeout=patience)
        self.kill()

    def kill(self) -> None:
        """Until nobody is left, orphans of a dead leader included."""
        end = time.monotonic() + 5
        while self.is_alive() and time.monotonic() < end:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.leader.pid, signal.SIGKILL)
            time.sleep(0.02)


def kill_marked(mark: str) -> int:
    """Kill what a killed supervisor left behind: its children carry its mark.

    Only Linux lets us look; elsewhere a leftover shows as a port in use. Somebody just
    replacing itself (exec) shows no environment, so we look until nobody new is there.
    """
    killed: set[int] = set()
    while found := set(_marked(mark)) - killed:
        for leftover in found:
            with contextlib.suppress(OSError):  # gone meanwhile
                os.kill(leftover, signal.SIGKILL)
        killed |= found
        time.sleep(0.05)
    return len(killed)


def _marked(mark: str) -> Iterator[int]:
    wanted = f"{MARK}={mark}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # gone meanwhile, or another user's
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                yield int(folder.name)


class Warden:
    """A small process that kills the families when we ourselves are killed."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - our own file
            [sys.executable, "-I", str(Path(__file__).with_name("warden.py"))],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def watch(self, family: Family) -> None:
        self._tell("+", family)

    def forget(self, family: Family) -> None:
        self._tell("-", family)

    def close(self) -> None:
        with contextlib.suppress(BrokenPipeError):
            self.process.communicate()

    def _tell(self, sign: str, family: Family) -> None:
        if self.process.stdin:
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.write(f"{sign}{family.leader.pid}\n".encode())
                self.process.stdin.flush()
