"""Nothing is served from a backup that still knows persons who were erased."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from eventstore import erasure
from eventstore.ledger import LedgerBroken

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


def missing_migrations() -> list[str]:
    """What this code expects of the database and it does not have yet.

    Raises DatabaseError where nobody can say.
    """
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def guarded(application: Application) -> Application:
    """For servers that start all the same, or before the database: requests ask until
    it is known. Meanwhile Django itself says that the database is away."""
    may_serve = False

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
