"""The two commands: `python3.11 -m conference_site demo` and `... test`.

Runs before anything is installed, so it imports nothing but the standard library. It
makes `.venv`, installs the locked packages into it and hands over.
"""

from __future__ import annotations  # an older Python gets as far as our sentence

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:
    sys.exit("This runs on Linux and macOS; on Windows use it inside WSL.")

PROJECT = Path(__file__).resolve().parent.parent
REQUIREMENTS = PROJECT / "requirements"
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
SPACE_NEEDED = 900_000_000
# What each list of packages contains beside its own
CONTAINS = {
    "demo": ["base", "demo"],
    "bench": ["base", "demo", "bench"],
    "test": ["base", "demo", "test"],
    "dev": ["base", "demo", "test", "dev"],
}
COMMANDS = {"demo": ["manage.py", "demo"], "test": ["-m", "pytest"]}
USAGE = """\
python3.11 -m conference_site demo               run the site on this machine
python3.11 -m conference_site test [...]         run the tests (arguments of pytest)
python3.11 -m conference_site install LIST       only install: demo, bench, test, dev"""
# What pip says, and what that means
REASONS = {
    "No space left": "The disk is full.",
    "DO NOT MATCH THE HASHES": "A package differs from what was locked; try again.",
    "Permission denied": f"No permission to write to {VENV}.",
    "NewConnectionError": "The package index cannot be reached: is there a network?",
    "Could not find a version": "The package index cannot be reached, or lacks a"
    " package for this system: is there a network?",
}


class CannotPrepare(Exception):
    """Something on this machine is in the way; the sentence says what."""


def main(arguments: list[str]) -> None:
    command, rest = (arguments or ["help"])[0], arguments[1:]
    if command == "install" and rest and rest[0] in CONTAINS:
        prepare(rest[0])
    elif command in COMMANDS:
        prepare(command)
        os.chdir(PROJECT)
        os.execv(PYTHON, [str(PYTHON), *COMMANDS[command], *rest])  # noqa: S606 - no shell wanted
    else:
        raise CannotPrepare(USAGE)


def prepare(packages: str) -> None:
    check_machine()
    with one_at_a_time():
        if is_installed(packages):
            return
        if shutil.disk_usage(PROJECT).free < SPACE_NEEDED:
            raise CannotPrepare(
                f"Too little space on the disk of {PROJECT}:"
                f" {SPACE_NEEDED // 1_000_000} MB are needed to install the packages."
            )
        make_venv()
        STAMP.unlink(missing_ok=True)
        install(packages)
        STAMP.write_text(json.dumps(digests(packages)))


def check_machine() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - said to those who start with less
        found = ".".join(map(str, sys.version_info[:3]))
        raise CannotPrepare(f"Python 3.11 or newer is needed, this is {found}.")
    for module in ("venv", "ensurepip"):
        if not importlib.util.find_spec(module):
            raise CannotPrepare(
                f"This Python lacks its module {module}."
                " On Debian and Ubuntu: apt install python3.11-venv."
            )


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two commands started together: the second one waits."""
    folder = os.open(REQUIREMENTS, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def digests(packages: str) -> dict[str, str]:
    return {
        name: hashlib.sha256((REQUIREMENTS / f"{name}.txt").read_bytes()).hexdigest()
        for name in CONTAINS[packages]
    }


def is_installed(packages: str) -> bool:
    try:
        installed = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return False
    return PYTHON.exists() and digests(packages).items() <= installed.items()


def make_venv() -> None:
    """A usable one is kept; one of another machine or half made is made anew."""
    question = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    if PYTHON.exists() and run(PYTHON, "-c", question).returncode == 0:
        return
    say(f"Making {VENV.name} ...")
    made = run(sys.executable, "-m", "venv", "--clear", VENV)
    if made.returncode:
        raise CannotPrepare(f"Cannot make {VENV}: {reason(made)}")


def install(packages: str) -> None:
    say(f"Installing the packages of requirements/{packages}.txt, about a minute ...")
    installed = run(
        *(PYTHON, "-m", "pip", "install", "-qq", "--no-input"),
        *("--disable-pip-version-check", "--require-hashes"),
        *("-r", REQUIREMENTS / f"{packages}.txt"),
    )
    if installed.returncode:
        raise CannotPrepare(f"Cannot install the packages: {reason(installed)}")


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    # The user's own PYTHONPATH or a surrounding environment must not leak in.
    outside = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"}
    return subprocess.run(  # noqa: S603 - our own commands
        command,
        check=False,
        capture_output=True,
        text=True,
        env={name: value for name, value in os.environ.items() if name not in outside},
    )


def reason(failed: subprocess.CompletedProcess[str]) -> str:
    said = failed.stderr + failed.stdout
    for sign, meaning in REASONS.items():
        if sign in said:
            return meaning
    lines = [line for line in said.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason was given."


def say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except CannotPrepare as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"{error.strerror}: {error.filename}")
    except KeyboardInterrupt:
        sys.exit(130)
