"""Rows written as sets end as if each step had been taken at once."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventstore import rows
from eventstore.models import Deadline
from eventstore.rows import Rows
from tests.eventstore_app.read_models import InlineTally

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
# Any table serves; this one has a key, a column to group by and several types.
STREAMS = ("a", "b")
Table = dict[int, dict[str, Any]]


def a_row(id: int, **values: Any) -> dict[str, Any]:
    # The third column of its unique constraint keeps rows apart.
    return {"process": "p", "stream": STREAMS[id % 2], "key": str(id)} | values


def stored() -> Table:
    found: list[dict[str, Any]] = [{**row} for row in Deadline.objects.values()]
    return {row.pop("id"): row for row in found}


VALUES = st.fixed_dictionaries(
    {},
    optional={
        "attempts": st.integers(1, 9),
        "error": st.sampled_from(["", "it's 100 %", 'say "no"', "{0}\\"]),
        "due_at": st.sampled_from([NOON, NOON.replace(year=2030)]),
    },
)
IDS = st.integers(1, 3)
STEP: st.SearchStrategy[tuple[str, Any, dict[str, Any]]] = st.one_of(
    st.tuples(st.sampled_from(["insert", "save", "update"]), IDS, VALUES),
    st.tuples(st.just("clear"), st.sampled_from(STREAMS), st.just({})),
    st.tuples(st.just("write"), st.just(0), st.just({})),
)


def at_once(table: Table, step: str, key: Any, values: dict[str, Any]) -> None:
    """What the step means."""
    blank = {"due_at": NOON, "attempts": 0, "error": ""}
    if step == "clear":
        for id in [id for id, row in table.items() if row["stream"] == key]:
            del table[id]
    elif step == "save" or (step == "insert" and key not in table):
        table.setdefault(key, a_row(key) | blank).update(values)
    elif step == "update" and key in table:
        table[key].update(values)


def in_rows(deadlines: Rows, step: str, key: Any, values: dict[str, Any]) -> None:
    if step == "write":
        deadlines.write()
    elif step == "clear":
        deadlines.clear(key)
    elif step == "update":
        deadlines.update(key, **values)
    elif step == "insert":
        deadlines.insert(key, **a_row(key) | {"due_at": NOON} | values)
    else:
        deadlines.save(key, **a_row(key) | values)


@settings(
    max_examples=300,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEP, max_size=25))
def test_sets_end_as_single_steps_do(steps):
    expected: Table = {}
    with transaction.atomic():
        deadlines = Rows(Deadline, group="stream")
        for step, key, values in steps:
            if step == "save":
                values = {"due_at": NOON} | values
            if step == "insert" and key in expected:
                continue
            at_once(expected, step, key, values)
            in_rows(deadlines, step, key, values)
        deadlines.write()
        assert stored() == expected
        transaction.set_rollback(True)


def test_many_rows_take_as_few_statements_as_one():
    def statements(number: int) -> int:
        deadlines = Rows(Deadline, group="stream")
        deadlines.clear("gone")
        for id in range(1, number + 1):
            deadlines.insert(id, **a_row(id, due_at=NOON))
            deadlines.save(-id, **a_row(-id, due_at=NOON))
        with CaptureQueriesContext(connection) as captured:
            deadlines.write()
            for id in range(1, number + 1):
                deadlines.update(id, attempts=id)
                deadlines.update(-id, error=str(id))
            deadlines.write()
        Deadline.objects.all().delete()
        return len(captured)

    assert statements(1) == statements(500) == 5


def test_nothing_to_write_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        Rows(Deadline).write()
        assert rows.take_out(Deadline, "stream", []) == []


def test_changes_are_made_in_the_order_of_the_keys():
    """Two writers of the same rows must meet them in one order."""
    deadlines = Rows(Deadline)
    for id in (3, 1, 2):
        deadlines.update(id, attempts=id)
    for id in (6, 4, 5):
        deadlines.save(id, **a_row(id, due_at=NOON))
    with CaptureQueriesContext(connection) as captured:
        deadlines.write()

    insert, update = (
        [
            row["id"]
            for row in json.loads(re.findall(r"'(\[\{.*\}\])'", query["sql"])[0])
        ]
        for query in captured
    )
    assert insert == [4, 5, 6]
    assert update == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("again", ["same call", "later call"])
def test_a_key_is_inserted_once(again):
    deadlines = Rows(Deadline)
    deadlines.insert(1, **a_row(1, due_at=NOON))
    if again == "later call":
        deadlines.write()
    deadlines_again = deadlines if again == "same call" else Rows(Deadline)
    with pytest.raises(IntegrityError), transaction.atomic():
        deadlines_again.insert(1, **a_row(1, due_at=NOON))
        deadlines_again.write()


def test_saving_gives_no_way_around_other_constraints():
    """Only its own key may be there already."""
    deadlines = Rows(Deadline)
    deadlines.insert(1, **a_row(1, due_at=NOON))
    deadlines.save(2, **a_row(1, due_at=NOON))
    with pytest.raises(IntegrityError, match="one_per_key"), transaction.atomic():
        deadlines.write()


@pytest.mark.parametrize("way", ["insert", "update"])
def test_what_is_too_long_is_refused_and_not_cut(way):
    deadlines = Rows(Deadline)
    deadlines.insert(1, **a_row(1, due_at=NOON))
    if way == "update":
        deadlines.write()
    deadlines.update(1, process="p" * 81)
    with pytest.raises(DataError), transaction.atomic():
        deadlines.write()


def test_rows_taken_out_are_returned():
    for id in (1, 2, 3):
        Deadline.objects.create(id=id, **a_row(id, due_at=NOON))

    assert rows.take_out(Deadline, "stream", ["b"], "id", "due_at") == [
        (1, NOON),
        (3, NOON),
    ]
    assert stored().keys() == {2}


def test_rows_are_changed_by_any_of_their_columns():
    for id in (1, 2, 3):
        Deadline.objects.create(id=id, **a_row(id, due_at=NOON))

    rows.update(Deadline, [{"stream": "b", "attempts": 5}], by="stream")

    assert {id: row["attempts"] for id, row in stored().items()} == {1: 5, 2: 0, 3: 5}


@pytest.mark.usefixtures("tallies")
def test_a_column_may_have_a_default_of_the_database_alone():
    """As docs/eventstore.md says it of columns that are added."""
    rows.insert(InlineTally, [{"name": "a"}, {"name": "b", "seen": "1"}])
    assert [tally.seen for tally in InlineTally.objects.order_by("name")] == ["", "1"]
