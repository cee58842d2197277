"""Tables made from a projector's models, to be filled beside the live ones.

In a schema of their own for a rebuild, temporary ones for proofs and for looking back.
The projector runs unchanged: its tables are found first in the search path.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Exists, Max, OuterRef

from eventstore.models import Event, EventQuerySet, horizon
from eventstore.projection_models import Checkpoint, Parked
from eventstore.projections import Projector
from eventstore.sql import execute, fetch

SHADOW, RETIRED, TEMPORARY = "shadow", "retired", "pg_temp"
EVERYTHING = 2**63 - 1
SHOWN = 20

# Columns and constraints as PostgreSQL sees them, whatever their order and history.
SHAPE = """
SELECT attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull
  FROM pg_attribute
 WHERE attrelid = to_regclass(%(table)s) AND attnum > 0 AND NOT attisdropped
UNION SELECT pg_get_constraintdef(oid) FROM pg_constraint
 WHERE conrelid = to_regclass(%(table)s) AND contype IN ('p', 'u', 'c')
"""
DIFFERENCES = """
SELECT jsonb_build_array({key}), to_jsonb(live), to_jsonb(anew), count(*) OVER ()
  FROM public."{table}" AS live FULL JOIN pg_temp."{table}" AS anew USING ({key})
 WHERE to_jsonb(live) IS DISTINCT FROM to_jsonb(anew)
 ORDER BY 1 LIMIT {shown}
"""
# Whose the live table is and what others may do with it, said for the shadow.
ALLOWED = """
WITH allowed AS (
  SELECT '' AS field, (aclexplode(relacl)).* FROM pg_class WHERE oid = {live}
  UNION ALL SELECT format('(%I)', attname), (aclexplode(live.attacl)).*
    FROM pg_attribute AS live JOIN pg_attribute AS anew USING (attname)
   WHERE live.attrelid = {live} AND anew.attrelid = {anew})
SELECT format('ALTER TABLE %s OWNER TO %s', {anew}, relowner::regrole) FROM pg_class
 WHERE oid = {live} AND (current_setting('is_superuser') = 'on'
                         OR has_schema_privilege(relowner, '{schema}', 'CREATE'))
UNION ALL SELECT format('GRANT %s %s ON %s TO %s %s', privilege_type, field, {anew},
  CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END,
  CASE WHEN is_grantable THEN 'WITH GRANT OPTION' END) FROM allowed
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """A row whose `columns` say something else than the events. Without columns it is
    missing, or stands there without an event."""

    key: list[Any]
    columns: list[str]
    problem: str

    def __str__(self) -> str:
        key = ", ".join(map(str, self.key))
        return f"{key}: {self.problem} {', '.join(self.columns)}".rstrip()


@dataclass(frozen=True, slots=True)
class Differences:
    rows: int
    first: list[Difference]


def tables(projector: Projector) -> list[str]:
    return [model._meta.db_table for model in projector.models]


@contextmanager
def within(schema: str) -> Iterator[None]:
    """A transaction in which table names mean those of this schema first."""
    is_inner = connection.in_atomic_block
    with transaction.atomic():
        before = fetch("SELECT current_setting('search_path')") if is_inner else []
        execute(f"SET LOCAL search_path = {schema}, public")
        yield
        for row in before:
            execute("SELECT set_config('search_path', %s, true)", row)


def make(projector: Projector, schema: str) -> None:
    """Empty tables as the models are now: names of constraints and indexes are those
    that migrations give, and a changed model needs nothing but a rebuild."""
    with within(schema), connection.schema_editor() as editor:
        for model in projector.models:
            editor.create_model(model)


def allow_what_live_does(projector: Projector) -> None:
    """Let everybody do with the shadow what they may do with the live tables."""
    for table in tables(projector):
        live, anew = (f"'{of}.\"{table}\"'::regclass" for of in ("public", SHADOW))
        for (sql,) in fetch(ALLOWED.format(live=live, anew=anew, schema=SHADOW)):
            execute(sql)


def drop(projector: Projector, schema: str) -> None:
    for table in tables(projector):
        execute(f'DROP TABLE IF EXISTS {schema}."{table}" CASCADE')


def has_shape_of_models(projector: Projector, schema: str = "public") -> bool:
    """Whether the tables are what the models would make today."""
    with anew(projector, Event.objects.none()):
        return all(
            _shape(schema, table) == _shape(TEMPORARY, table)
            for table in tables(projector)
        )


def _shape(schema: str, table: str) -> set[str]:
    return {line for (line,) in fetch(SHAPE, {"table": f'{schema}."{table}"'})}


@contextmanager
def as_of(
    projector: Projector,
    *,
    streams: list[str] | None = None,
    until: datetime | None = None,
    position: int | None = None,
    version: int | None = None,
) -> Iterator[None]:
    """Inside, the projector's models show what they were then, to ordinary queries.

    Name the `streams` that matter: all of them means replaying everything. `until` an
    instant, a global `position` (both inclusive), or a `version` of one stream. Nothing
    that is written inside stays.
    """
    if version is not None and len(streams or []) != 1:
        raise ValueError("A version is one of a single stream.")
    stored = projector.stored(0, horizon() if position is None else position)
    if streams is not None:
        stored = stored.filter(stream__in=streams)
    if version is not None:
        stored = stored.filter(version__lte=version)
    if until is not None:
        # Clocks may step back; what follows something later is later all the same.
        later = Event.objects.filter(
            stream=OuterRef("stream"),
            version__lte=OuterRef("version"),
            recorded_at__gt=until,
        )
        stored = stored.exclude(Exists(later))
    with anew(projector, stored):
        yield


@contextmanager
def anew(projector: Projector, stored: EventQuerySet) -> Iterator[None]:
    """Inside, the projector's models show what these events make of them: to this
    connection, in tables that go with the block."""
    with transaction.atomic():
        execute("SET LOCAL statement_timeout = 0")
        execute(f"SET LOCAL search_path = {TEMPORARY}, public")
        make(projector, TEMPORARY)
        rest = stored
        while last := rest[: projector.batch].aggregate(last=Max("position"))["last"]:
            projector.project_many(projector.read(rest.settled(last)))
            rest = stored.after(last)
        yield
        transaction.set_rollback(True)


def differences(projector: Projector) -> dict[str, Differences]:
    """Rebuild beside the live tables and compare; per table, what differs.

    An empty answer is the proof that the read model equals its events. Nobody waits: an
    event and its rows commit together, so one snapshot shows both or none.
    """
    alone = not connection.in_atomic_block
    with transaction.atomic():
        if alone:
            execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        for table in tables(projector):
            # Before the snapshot: tables must not be exchanged behind it.
            execute(f'LOCK TABLE public."{table}" IN ACCESS SHARE MODE')
        with anew(projector, taken_in(projector)):
            found = {
                model._meta.db_table: _compared(model) for model in projector.models
            }
    return {table: these for table, these in found.items() if these.rows}


def taken_in(projector: Projector) -> EventQuerySet:
    """What the live rows were made of."""
    if projector.inline:
        return projector.stored(0, EVERYTHING)
    checkpoint = Checkpoint.objects.filter(pk=projector.name).first()
    left_out = Parked.objects.filter(
        projector=projector.name,
        stream=OuterRef("stream"),
        position__lte=OuterRef("position"),
    )
    upto = checkpoint.position if checkpoint else 0
    return projector.stored(0, upto).exclude(Exists(left_out))


def _compared(model: type[models.Model]) -> Differences:
    key = ", ".join(f'"{field.column}"' for field in model._meta.pk_fields)
    sql = DIFFERENCES.format(table=model._meta.db_table, key=key, shown=SHOWN)
    rows = fetch(sql)
    return Differences(rows[0][3] if rows else 0, [_difference(*row) for row in rows])


def _difference(key: Any, live: Any, anew: Any, _: int) -> Difference:
    key, live, anew = (
        json.loads(one, parse_float=str) if one else None for one in (key, live, anew)
    )
    if live is None:
        return Difference(key, [], "is missing")
    if anew is None:
        return Difference(key, [], "comes from no event")
    columns = sorted(name for name in live | anew if live.get(name) != anew.get(name))
    return Difference(key, columns, "differs in")
