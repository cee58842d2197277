"""What an operator allowed others to do with a read model outlives its rebuilds."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import models, transaction
from django.db.utils import ProgrammingError

from eventstore import rebuild
from eventstore.sql import execute, fetch
from tests.eventstore.following import append, drain
from tests.eventstore_app.read_models import (
    InlineTally,
    LaggingTally,
    inline,
    lagging,
)
from tests.settings import WORKER

pytestmark = pytest.mark.usefixtures("tallies")
# Roles are the cluster's: others run these tests in it at the same time.
OURS = f"{settings.DATABASES['default']['TEST']['NAME']}, {WORKER}"
READER, OWNER = f'"Reader of {OURS}"', f'"Owner of {OURS}"'


def run(*statements: str) -> None:
    for statement in statements:
        execute(statement)


def lines(sql: str, table: str) -> list[str]:
    return [str(row[0]) for row in fetch(sql, {"table": table})]


@pytest.fixture
def roles() -> Iterator[None]:
    drop = [
        f"DO $$ BEGIN IF to_regrole('{role}') IS NOT NULL THEN"
        f" REASSIGN OWNED BY {role} TO CURRENT_USER;"
        f" DROP OWNED BY {role}; DROP ROLE {role}; END IF; END $$"
        for role in (READER, OWNER)
    ]
    run(*drop, f"CREATE ROLE {READER}", f"CREATE ROLE {OWNER}")
    yield
    run(*drop)


def as_reader(sql: str, model: type[models.Model], **names: str) -> None:
    with transaction.atomic():
        sql = sql.format(table=model._meta.db_table, **names)
        run(f"SET LOCAL ROLE {READER}", sql)


def privileges(table: str) -> list[str]:
    """Of the table and of its columns."""
    return lines(
        """SELECT relacl::text FROM pg_class WHERE oid = %(table)s::regclass
        UNION ALL SELECT attname || attacl::text FROM pg_attribute
        WHERE attrelid = %(table)s::regclass AND attacl IS NOT NULL ORDER BY 1""",
        table,
    )


@pytest.mark.parametrize(
    ("projector", "model"), [(inline, InlineTally), (lagging, LaggingTally)]
)
def test_who_may_read_the_tables_may_go_on(roles, projector, model):
    append("s1", 1)
    drain(lagging)
    table = model._meta.db_table
    column = model._meta.pk.column
    run(
        f"GRANT SELECT ON {table} TO {READER} WITH GRANT OPTION",
        f"GRANT SELECT ON {table} TO PUBLIC",
        f"GRANT UPDATE ({column}) ON {table} TO {READER}",
    )
    before = privileges(table)
    assert len(before) == 2

    for _ in range(2):
        rebuild.rebuild(projector)
        assert privileges(table) == before
    as_reader("SELECT * FROM {table}", model)
    as_reader("UPDATE {table} SET {column} = {column}", model, column=column)
    with pytest.raises(ProgrammingError, match="permission denied"):
        as_reader("DELETE FROM {table}", model)


def test_what_was_allowed_while_it_is_made_counts_as_well(roles):
    append("s1", 1)
    table = InlineTally._meta.db_table

    def allow(_: object) -> None:
        run(f"GRANT SELECT ON {table} TO {READER}")

    rebuild.rebuild(inline, progress=allow)
    as_reader("SELECT * FROM {table}", InlineTally)


def test_a_column_that_the_models_no_longer_have_is_left_out(roles):
    append("s1", 1)
    table = InlineTally._meta.db_table
    run(
        f"ALTER TABLE {table} ADD COLUMN former integer",
        f"GRANT SELECT (former, total) ON {table} TO {READER}",
    )
    rebuild.rebuild(inline)

    as_reader("SELECT total FROM {table}", InlineTally)


def test_the_tables_stay_with_their_owner(roles):
    append("s1", 1)
    table = InlineTally._meta.db_table
    run(f"ALTER TABLE {table} OWNER TO {OWNER}")
    rebuild.rebuild(inline)

    owner = "SELECT relowner::regrole FROM pg_class WHERE oid = %(table)s::regclass"
    assert lines(owner, table) == [OWNER]


def test_nothing_is_allowed_that_was_not(roles):
    append("s1", 1)
    rebuild.rebuild(inline)

    with pytest.raises(ProgrammingError, match="permission denied"):
        as_reader("SELECT * FROM {table}", InlineTally)
