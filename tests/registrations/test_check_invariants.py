"""Clean after any history of commands; every seeded fault is found."""

import re
import threading
from decimal import Decimal
from io import StringIO
from pathlib import Path
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from uuid_utils.compat import uuid7

from conferences import services
from eventstore import store
from eventstore.events import registered_types
from eventstore.models import Deadline
from payments import refund_results
from payments import services as payments
from registrations import registration_process
from registrations.commands import order as orders
from registrations.commands import payment as money
from registrations.commands import seat_assignments
from registrations.commands.cancellation import Wish, cancel_as_registrant
from registrations.domain.order_events import OrderPaid
from registrations.models import OrderView
from registrations.queries import invariants
from registrations.queries.invariants import problems
from registrations.queries.invariants.streams import PROCESS
from tests.registrations import document_faults, ledger_faults
from tests.registrations.conftest import (
    ATTENDEE,
    NOW,
    Summit,
    minutes,
    refund_fails,
)
from tests.registrations.seeded_faults import FAULTS


def found() -> set[str]:
    return {problem.rule for problem in problems()}


def sql(statement: str, *values: UUID) -> None:
    """Past the commands and past the guards of the event table."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)
        changed = cursor.rowcount
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    assert changed > 0, "the fault was not seeded"


def missed(faults: dict[str, tuple[str, set[str]]]) -> dict[str, set[str]]:
    """The rules that did not notice a fault; each is undone before the next."""
    silent = {}
    for name, (statement, rules) in faults.items():
        with transaction.atomic():
            sql(statement)
            silent[name] = rules - found()
            transaction.set_rollback(True)
    return {name: rules for name, rules in silent.items() if rules}


@pytest.fixture
def busy(make_summit, db) -> Summit:
    """Orders in every state, with an attendee, a seat given back and a refund."""
    summit: Summit = make_summit(quotas=(20, 20, 20))
    services.set_cancellation_tiers(
        conference_id=summit.id, tiers=[{"days_before": 7, "percent_kept": Decimal(10)}]
    )
    confirmed = summit.confirmed((summit.general, 2), (summit.party, 2))
    cancel_as_registrant(
        Wish(order_id=confirmed.pk, by="registrant", now=NOW, positions=frozenset({3}))
    )
    seat_assignments.assign_seat(
        order_id=confirmed.pk, position=1, attendee=ATTENDEE, now=NOW
    )
    summit.ready((summit.workshop, 3))
    expired = summit.place((summit.general, 1))
    orders.expire_order(order_id=expired.pk, now=NOW + minutes(20))
    cancelled = summit.confirmed((summit.general, 1))
    orders.cancel_order(order_id=cancelled.pk, by="registrant", now=NOW)
    for payment in payments.payments_of(cancelled.pk):
        for refund in payments.refunds_of(payment.pk):
            refund_results.record_done(
                refund.pk, expected=[refund.Status.REQUESTED], now=NOW
            )
    return summit


def order_id(status: str) -> UUID:
    return OrderView.objects.get(status=status).pk


def test_nothing_is_wrong_with_a_busy_conference(busy):
    assert list(problems()) == []


def test_nothing_is_wrong_with_nothing(db):
    assert list(problems()) == []


def test_conferences_without_orders_and_deleted_ones(make_summit, db):
    make_summit()
    never_published = make_summit("second", publish=False)
    services.delete_conference(conference_id=never_published.id)

    assert list(problems()) == []


def test_free_orders_need_no_payment(make_summit, db):
    summit = make_summit(prices=("0", "5", "5"))
    order = summit.ready((summit.general, 2))
    orders.confirm_free_order(order_id=order.pk, now=NOW)

    assert list(problems()) == []


def test_quota_below_what_is_sold_adds_up_too(busy):
    services.update_seat_type(seat_type_id=busy.general, changes={"quota": 1})

    assert list(problems()) == []


def test_over_quota_after_a_late_payment_adds_up_too(make_summit, db):
    summit = make_summit(quotas=(2, 0, 0))
    late = summit.paid_too_late((summit.general, 2))
    refund_fails(late)
    assert list(problems()) == []

    money.confirm_over_quota(
        order_id=late.order_id, by="organizer", now=NOW + minutes(41)
    )

    assert list(problems()) == []


# Faults


def test_every_seeded_fault_is_found(busy):
    assert missed(FAULTS) == {}
    assert list(problems()) == []


def test_every_rule_has_a_fault():
    sources = Path(invariants.__file__).parent.glob("*.py")
    words = {
        word
        for source in sources
        for word in re.findall(r'"([a-z]+(?:-[a-z]+){2,})"', source.read_text())
    }
    rules = words - {kind.name for kind in registered_types()}
    others = [ledger_faults.FAULTS, document_faults.FAULTS]
    faults = [fault for each in (FAULTS, *others) for fault in each.values()]
    noticed = {rule for _statement, expected in faults for rule in expected}

    assert rules - noticed == {"row-without-history"}


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("orderview", "id"),
        ("orderlineview", "order_id"),
        ("orderseat", "order_id"),
        ("seatreservation", "order_id"),
        ("seattypeview", "conference_id"),
        ("conferenceview", "id"),
        ("ledgerentry", "payment_id"),
    ],
)
def test_rows_without_history_are_found(busy, table, column):
    sql(
        f"UPDATE registrations_{table} SET {column} ="  # noqa: S608 two words of ours
        " md5(id::text)::uuid"
    )

    assert "row-without-history" in found()


def test_order_paid_twice_is_found(busy):
    order = OrderView.objects.get(status="confirmed")
    twice = OrderPaid(
        order_id=order.pk, payment_id=uuid7(), amount=Decimal(448), currency="USD"
    )
    store.append(f"order-{order.pk}", [twice])

    assert found() >= {"paid-exactly-once", "payment-is-what-was-accepted"}


# The command


def test_command_says_that_everything_adds_up(busy):
    out = StringIO()
    call_command("check_invariants", stdout=out, no_color=True)

    assert out.getvalue() == "Everything adds up.\n"


def test_command_prints_a_line_per_problem_and_fails(busy):
    order = OrderView.objects.get(status="expired")
    sql("DELETE FROM registrations_orderview WHERE id = %s", order.pk)
    sql("UPDATE registrations_seattypeview SET sold = sold + 1 WHERE sold = 2")
    out = StringIO()

    with pytest.raises(CommandError, match="Problems: 2") as failure:
        call_command("check_invariants", stdout=out)

    first, second = sorted(out.getvalue().splitlines())
    assert failure.value.returncode == 1
    assert first == (
        f"order-row-lost order {order.pk} ({order.code}):"
        " The read model has no row for it."
    )
    assert second == (
        f"seat-counts-differ conference {busy.id}: Seat type {busy.general}: quota,"
        " held and sold are (20, 0, 3) in the read model, the events say (20, 0, 2)."
    )


@pytest.mark.django_db(transaction=True)
def test_all_of_it_is_about_one_moment(make_summit):
    """Others go on buying while the check has stopped at its first problem."""
    summit: Summit = make_summit()
    summit.confirmed((summit.general, 1))
    Deadline.objects.create(process=PROCESS, stream="-", key="nobody", due_at=NOW)

    def buy() -> None:
        summit.confirmed((summit.general, 1))
        connection.close()

    looking = problems()
    first = next(looking)
    buyer = threading.Thread(target=buy)
    buyer.start()
    buyer.join()

    assert (first.rule, list(looking)) == ("row-without-history", [])
    assert OrderView.objects.count() == 2


def test_deadlines_are_those_of_the_process():
    assert PROCESS == registration_process.PROCESS
