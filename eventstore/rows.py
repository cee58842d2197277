"""Rows that projectors change in memory and write as sets, a few statements per call.

The same handlers then serve an append of one event and a batch of thousands. Nothing is
read before it is written, and the order of the writes is always the same.
"""

from collections.abc import Collection, Iterable, Sequence
from copy import copy
from functools import cache
from typing import Any, TypeAlias

import msgspec
from django.db import connection, models
from django.db.models.expressions import DatabaseDefault

from eventstore.events import RecordedEvent
from eventstore.projections import Projector
from eventstore.sql import execute, fetch

Model: TypeAlias = type[models.Model]
Row: TypeAlias = dict[str, Any]


class SetProjector(Projector, abstract=True):
    """Its handlers change rows that `begin` opens and `finish` writes."""

    def begin(self, events: Sequence[RecordedEvent]) -> None:
        raise NotImplementedError

    def finish(self) -> None:
        raise NotImplementedError

    def project_many(self, events: Sequence[RecordedEvent]) -> None:
        # Threads share the registered instance; rows belong to one call alone.
        call = copy(self)
        call.begin(events)
        super(SetProjector, call).project_many(events)
        call.finish()


class Rows:
    """What one call does to the rows of a model, with the effect of doing it at once.

    Their key is `id`. `group` is the column by which `clear` deletes: given with a new
    row, it is never changed.
    """

    def __init__(self, model: Model, *, group: str = "id") -> None:
        self.model, self.group = model, group
        self.cleared: set[Any] = set()
        self.new: dict[Any, Row] = {}
        self.missing: dict[Any, Row] = {}
        self.changed: dict[Any, Row] = {}

    def insert(self, id: Any, **values: Any) -> None:
        """Add a row; its key refuses one that is there."""
        if id in self.new or id in self.missing:
            self.write()
        self.changed.pop(id, None)
        self.new[id] = {"id": id, **values}

    def update(self, id: Any, **values: Any) -> None:
        """Change a row; where there is none, nothing happens."""
        row = self.new.get(id)
        if row is None:
            row = self.changed.setdefault(id, {"id": id})
        row.update(values)

    def save(self, id: Any, **values: Any) -> None:
        """Change a row, or add it where there is none: give all that has no default."""
        if id in self.changed and id not in self.missing:
            self.write()  # an earlier change means nothing to a row only now added
        if id not in self.new:
            self.missing.setdefault(id, {"id": id, **values})
        self.update(id, **values)

    def clear(self, value: Any) -> None:
        """Delete the rows with this value in the group's column."""
        self.cleared.add(value)
        for rows in (self.new, self.missing):
            for id in [id for id, row in rows.items() if row[self.group] == value]:
                del rows[id]

    def write(self) -> None:
        take_out(self.model, self.group, self.cleared)
        insert(self.model, self.new.values())
        # Others may be adding the same: all of them in one order.
        missing = sorted(self.missing.values(), key=lambda row: row["id"])
        insert(self.model, missing, unless_there=True)
        update(self.model, self.changed.values())
        for written in (self.cleared, self.new, self.missing, self.changed):
            written.clear()


def insert(model: Model, rows: Iterable[Row], *, unless_there: bool = False) -> None:
    new = [_blank(model) | row for row in rows]
    columns = ", ".join(f'"{name}"' for name in _blank(model))
    unless = " ON CONFLICT (id) DO NOTHING" if unless_there else ""
    sql = f"INSERT INTO {{}} ({columns}) SELECT {columns} FROM {{}}{unless}"  # noqa: S608
    _write(model, sql, new, _blank(model))


def update(model: Model, rows: Collection[Row], *, by: str = "id") -> None:
    """Set in each row, found by one of its columns, what is given for it."""
    names = dict.fromkeys(name for row in rows for name in row)
    if len(names) < 2:
        return
    value = 'new."{0}"'
    if any(len(row) < len(names) for row in rows):
        # One statement for rows that change in different columns.
        value = """CASE WHEN '{0}' = ANY(given_) THEN new."{0}" ELSE old."{0}" END"""
        rows = [{**row, "given_": list(row)} for row in rows]
    changes = ", ".join(f'"{one}" = {value.format(one)}' for one in names if one != by)
    sql = f'UPDATE {{}} AS old SET {changes} FROM {{}} WHERE old."{by}" = new."{by}"'  # noqa: S608
    _write(model, sql, sorted(rows, key=lambda row: row[by]), names)


def take_out(
    model: Model, by: str, values: Collection[Any], *columns: str
) -> list[Any]:
    """Delete rows by one of their columns, and say what they were."""
    if not values:
        return []
    answer = ", ".join(f'"{name}"' for name in columns or [by])
    sql = f'DELETE FROM {_table(model)} WHERE "{by}" = ANY(%s) RETURNING {answer}'  # noqa: S608
    return fetch(sql, [list(values)])


def _write(model: Model, sql: str, rows: Sequence[Row], names: Iterable[str]) -> None:
    if not rows:
        return
    columns = ", ".join(f'"{name}" {_types(model)[name]}' for name in names)
    source = f"json_to_recordset(%s) AS new({columns}, given_ text[])"
    written = msgspec.json.encode(rows).decode()
    execute(sql.format(_table(model), source), [written])


def _table(model: Model) -> str:
    return f'"{model._meta.db_table}"'


@cache
def _blank(model: Model) -> Row:
    return {field.attname: _default(field) for field in model._meta.concrete_fields}


def _default(field: Any) -> Any:
    default = field.get_default()
    # Where only the database has one: the value, for Django answers an expression.
    return field.db_default if isinstance(default, DatabaseDefault) else default


@cache
def _types(model: Model) -> dict[str, str]:
    return {f.attname: f.db_type(connection) or "" for f in model._meta.concrete_fields}
