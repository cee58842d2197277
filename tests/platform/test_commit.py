"""The site's own way to commit behaves as Django's and psycopg's does."""

import psycopg
import pytest
from django.contrib.auth.models import Group, User
from django.db import (
    IntegrityError,
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)
from django.test.utils import CaptureQueriesContext

pytestmark = pytest.mark.django_db(transaction=True)


def seen_by_others() -> int:
    given = connection.get_connection_params()
    kept = {name: given[name] for name in ("host", "port", "user", "password", "dbname")
            if name in given}  # fmt: skip
    with psycopg.connect(**kept) as other:
        row = other.execute("SELECT count(*) FROM auth_group").fetchone()
    assert row
    return int(row[0])


def test_others_see_what_was_committed_and_not_before():
    with transaction.atomic():
        Group.objects.create(name="first")
        assert seen_by_others() == 0
    assert seen_by_others() == 1
    assert connection.get_autocommit()


def test_a_transaction_without_a_statement_ends():
    with transaction.atomic():
        pass
    with transaction.atomic():
        Group.objects.create(name="first")
    assert seen_by_others() == 1


def test_a_constraint_that_speaks_at_the_commit_is_an_integrity_error():
    """Foreign keys are deferred: nobody objects before."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        Group.objects.create(name="first")
        User.groups.through.objects.create(user_id=-1, group_id=-1)

    assert isinstance(refusal.value.__cause__, psycopg.errors.ForeignKeyViolation)
    assert seen_by_others() == 0
    Group.objects.create(name="second")
    assert seen_by_others() == 1


def test_a_connection_lost_before_the_commit_is_an_error_and_nothing_is_kept():
    with (
        pytest.raises((OperationalError, InterfaceError)),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        Group.objects.create(name="first")
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
        given = connection.get_connection_params()
        kept = {name: given[name] for name in ("host", "port", "user", "password")
                if name in given}  # fmt: skip
        with psycopg.connect(dbname=given["dbname"], **kept, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    connection.close()

    assert seen_by_others() == 0


def test_what_was_asked_for_after_the_commit_runs_once():
    heard = []
    with transaction.atomic():
        transaction.on_commit(lambda: heard.append(seen_by_others()))
        Group.objects.create(name="first")
        assert heard == []
    assert heard == [1]


def test_who_listens_to_queries_hears_of_the_commit():
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        Group.objects.create(name="first")

    assert [query["sql"] for query in queries][-1] == "COMMIT"


def test_the_connection_speaks_to_libpq_itself():
    """The control for all tests here: psycopg's commit is not asked."""
    assert not connection.queries_logged
    with transaction.atomic():
        Group.objects.create(name="first")
        asked = []
        own = connection.connection
        own.commit = lambda: asked.append("commit")
    del own.commit

    assert asked == []
    assert seen_by_others() == 1
