"""Django's PostgreSQL, with transactions that end in one call to libpq.

psycopg's own commit takes about as long as PostgreSQL's, and every change waits for
one. Django finds this module by its name (`ENGINE`).
"""

from django.db.backends.postgresql import base
from psycopg import OperationalError
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, TransactionStatus

# Plain numbers: asked of the enumeration, each costs a look-up in Python.
COMMAND_OK, IDLE = int(ExecStatus.COMMAND_OK), int(TransactionStatus.IDLE)


class DatabaseWrapper(base.DatabaseWrapper):
    def _commit(self) -> None:
        if self.connection is None or self.queries_logged:
            # Whoever listens to queries hears of the commit as well.
            super()._commit()  # type: ignore[misc] # not in the stubs
            return
        with self.wrap_database_errors:
            libpq = self.connection.pgconn
            if libpq.transaction_status == IDLE:
                return
            answer = libpq.exec_(b"COMMIT")
            if answer.status != COMMAND_OK:
                error = error_from_result(answer)
                # What the server did not say itself is that it is gone.
                raise error if error.sqlstate else OperationalError(str(error))
