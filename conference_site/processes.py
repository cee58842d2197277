"""Ending child processes, also those whose parent was killed."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def ends_with_parent(sign: signal.Signals) -> Callable[[], None] | None:
    """For Popen's preexec_fn: Linux sends the child this when we are killed."""
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
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # macOS says so about a group of zombies
        return False
    return True


def stop_group(process: subprocess.Popen[bytes], *, patience: float) -> None:
    """TERM the leader, then kill whatever is left of its session."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            pass
    kill_group(process)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill the group until nobody is left, orphans of a dead leader included."""
    end = time.monotonic() + 5
    while group_is_alive(process.pid) and time.monotonic() < end:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            break
        process.poll()
        time.sleep(0.02)
    process.wait(timeout=5)
