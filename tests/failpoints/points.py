"""Points at which a process is killed: around every commit and every provider call."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from payments.gateways import registry
from tests.waiting import until

WRITES = ("INSERT", "UPDATE", "DELETE")
CALLS = ("start", "look_up", "refund", "changes")


class Points:
    """Counts the points that are passed, and kills this process at one of them."""

    def __init__(self, kill_at: int | None = None) -> None:
        self.passed: list[str] = []
        self.kill_at = kill_at

    def passing(self, name: str) -> None:
        self.passed.append(name)
        if len(self.passed) - 1 == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def around(self, name: str) -> Iterator[None]:
        self.passing(f"before {name}")
        yield
        self.passing(f"after {name}")

    def listen(self) -> None:
        """From here on, until the process ends."""
        # Private: the stubs do not know it.
        base: Any = BaseDatabaseWrapper
        commit = base._commit

        def counted_commit(wrapper: BaseDatabaseWrapper) -> Any:
            with self.around("commit"):
                return commit(wrapper)

        base._commit = counted_commit
        connection.execute_wrappers.append(self._statement)
        for code, gateway in registry.GATEWAYS.items():
            registry.GATEWAYS[code] = _Watched(gateway, self)

    def _statement(
        self, execute: Any, sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        """Outside of a transaction a statement that writes is a commit of its own."""
        if connection.in_atomic_block or not sql.lstrip().startswith(WRITES):
            return execute(sql, params, many, context)
        with self.around(f"write {sql.split()[0]} {_table_of(sql)}"):
            return execute(sql, params, many, context)


def _table_of(sql: str) -> str:
    quoted = [part for part in sql.split('"') if "_" in part]
    return quoted[0] if quoted else ""


class _Watched:
    """A gateway whose calls are points; everything else is the gateway's own."""

    def __init__(self, gateway: Any, points: Points) -> None:
        self._gateway = gateway
        self._points = points

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._gateway, name)
        if name not in CALLS:
            return found

        def call(*args: Any) -> Any:
            with self._points.around(f"{self._gateway.code}.{name}"):
                return found(*args)

        return call


def in_child(act: Callable[[], object], *, kill_at: int | None = None) -> list[str]:
    """Act in a process of its own. Returns the points passed; empty when it was killed.

    Raises AssertionError when it ended in another way than it should.
    """
    connections.close_all()
    name = f"child {uuid4()}"
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        connection.settings_dict["OPTIONS"]["application_name"] = name
        _act_and_end(act, kill_at, writing)
    os.close(writing)
    with os.fdopen(reading) as said:
        told = said.read()
    _, status = os.waitpid(child, 0)
    # PostgreSQL notices a little later, and whoever leaves out what is locked would
    # leave out what the dead one had locked.
    until(lambda: not _is_connected(name))
    if kill_at is not None:
        assert os.WIFSIGNALED(status), f"It was not killed: {told}"
        return []
    assert status == 0, told
    return list(json.loads(told))


def _is_connected(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = %s)",
            [name],
        )
        return bool(cursor.fetchone()[0])


def _act_and_end(act: Callable[[], object], kill_at: int | None, writing: int) -> None:
    points, status = Points(kill_at), 1
    try:
        points.listen()
        act()
        told, status = json.dumps(points.passed), 0
    except BaseException as failure:
        told = repr(failure)
    with os.fdopen(writing, "w") as pipe:
        pipe.write(told)
    os._exit(status)
