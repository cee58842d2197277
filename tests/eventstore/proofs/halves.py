"""The two functions the order rests on, cut into their statements.

Between the statements of one function another process may do anything as well. They are
issued one by one here; a test compares them with what the database runs.
"""

from django.db import connection

from tests.eventstore.proofs.reader import Reader

ANNOUNCE = """
pg_advisory_xact_lock_shared((17747::bigint << 47)
 | coalesce(pg_sequence_last_value('eventstore_position_seq'), 0))
"""
REMEMBER = "set_config('eventstore.announced', me, true)"
TOP = """
SELECT last_value - (NOT is_called)::int INTO top FROM eventstore_position_seq
"""
LOW = """
SELECT min(((classid::bigint << 32) | objid::bigint) & ((1::bigint << 47) - 1)) INTO low
 FROM pg_locks
 WHERE locktype = 'advisory' AND objsubid = 1 AND granted AND pid <> pg_backend_pid()
 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
 AND ((classid::bigint << 32) | objid::bigint) >> 47 = 17747
"""


def _ask(statement: str) -> int | None:
    """The statement as it is sent from outside a function."""
    plain = statement
    for target in ("INTO top", "INTO low"):
        plain = plain.replace(target, "")
    with connection.cursor() as cursor:
        cursor.execute(plain)
        row = cursor.fetchone()
    return row[0] if row else None


def announce() -> None:
    """What comes before the first position of a transaction is taken."""
    _ask(f"SELECT {ANNOUNCE}")
    me = "pg_current_xact_id()::text"
    _ask(f"SELECT {REMEMBER.replace('me', me, 1)}")


class InHalves(Reader):
    """Asks the horizon in two steps, in the order of the function."""

    def top(self) -> None:
        self._top = _ask(TOP) or 0

    def low(self) -> None:
        low = _ask(LOW)
        self.edge = self._top if low is None else min(self._top, low)

    def finish(self) -> None:
        self.top()
        self.low()
        while self.read():
            pass


class HalvesTurned(InHalves):
    """Control: looks for announcements first, and for the last position afterwards."""

    def top(self) -> None:
        self._low = _ask(LOW)

    def low(self) -> None:
        top = _ask(TOP) or 0
        self.edge = top if self._low is None else min(top, self._low)
