"""Nothing is served from a backup that still knows persons who were erased."""

import sys
from collections.abc import Callable, Iterable
from typing import Any

from django.db import DatabaseError, connection

from eventstore import erasure
from eventstore.ledger import LedgerBroken

# Of gunicorn: with it a worker ends the whole server instead of being started again.
CANNOT_BOOT = 3
PROBES = {"/live", "/ready"}
UNAVAILABLE = "503 Service Unavailable"
SENTENCE = b"Erasures have to be applied to this database before it is served.\n"
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def refusal() -> str:
    """Why this database must not be served; nothing where it may.

    Raises DatabaseError where nobody can say.
    """
    try:
        erasure.refuse_if_overdue()
    except (erasure.ErasureOverdue, LedgerBroken, OSError) as reason:
        return str(reason)
    return ""


def refuse_to_start() -> bool:
    """End this process with a sentence where nothing may be served; False where the
    database does not answer, or is not migrated, and so nobody knows yet."""
    try:
        reason = refusal()
    except DatabaseError:
        return False
    finally:
        connection.close()
    if reason:
        sys.stderr.write(f"Refusing to start. {reason}\n")
        raise SystemExit(CANNOT_BOOT)
    return True


def guarded(application: Application) -> Application:
    """Where the database was away at the start, each request asks until it is known;
    meanwhile Django itself says that the database is away."""
    may_serve = refuse_to_start()

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        nonlocal may_serve
        if not may_serve and environ["PATH_INFO"] not in PROBES:
            try:
                if refusal():
                    start_response(UNAVAILABLE, [("Content-Type", "text/plain")])
                    return [SENTENCE]
                may_serve = True
            except DatabaseError:
                connection.close()
        return application(environ, start_response)

    return serve
