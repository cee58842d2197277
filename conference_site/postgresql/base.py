"""Django's PostgreSQL, with transactions that end in one call to libpq.

psycopg's own commit takes about as long as PostgreSQL's, and every change waits for
one. Django finds this module by its name (`ENGINE`).
"""

from django.db.backends.postgresql import base

from eventstore.statement import IDLE, checked


class DatabaseWrapper(base.DatabaseWrapper):
    def _commit(self) -> None:
        if self.connection is None or self.queries_logged:
            # Whoever listens to queries hears of the commit as well.
            super()._commit()  # type: ignore[misc] # not in the stubs
            return
        with self.wrap_database_errors:
            libpq = self.connection.pgconn
            if libpq.transaction_status != IDLE:
                checked(libpq.exec_(b"COMMIT"))
