"""Every read model is what its events say, also after and during other work."""

import threading
from random import Random
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, connections, transaction
from uuid_utils.compat import uuid7

from conferences import services as conferences
from eventstore import store
from eventstore.models import Event
from eventstore.projections import projectors
from eventstore.rebuild import RebuildUnderWay, rebuild
from eventstore.shadow import differences
from payments import transitions
from registrations.commands import order as orders
from registrations.commands import seat_assignments
from registrations.domain.errors import DomainError
from registrations.domain.seats_availability import SeatsReserved
from registrations.domain.values import SeatQuantity
from registrations.models import SeatTypeView
from tests.registrations.conftest import (
    ATTENDEE,
    NOW,
    Summit,
    minutes,
    pay,
    reload,
    start_payment,
)
from tests.registrations.projectors.rows import NAMES, rows_of


def rows() -> list[object]:
    return [rows_of(projectors[name]) for name in NAMES]


def a_history(summit: Summit, seed: int, steps: int = 40) -> None:
    """Whatever users may do, in any order; what is refused is refused."""
    random = Random(seed)
    placed: list[UUID] = []
    for _ in range(steps):
        seat_type = random.choice([summit.general, summit.workshop, summit.party])
        order = random.choice(placed) if placed else None
        try:
            match random.randint(0, 9):
                case 0 | 1 | 2:
                    ready = summit.ready((seat_type, random.randint(1, 5)))
                    placed.append(ready.pk)
                case 3 if order:
                    pay(order)
                case 4 if order:
                    orders.change_items(
                        order_id=order,
                        items=[(seat_type, random.randint(0, 4))],
                        now=NOW,
                    )
                case 5 if order:
                    orders.expire_order(order_id=order, now=NOW + minutes(15))
                case 6 if order:
                    orders.cancel_order(order_id=order, by="registrant", now=NOW)
                case 7 if order:
                    seat_assignments.assign_seat(
                        order_id=order, position=0, attendee=ATTENDEE, now=NOW
                    )
                case 8 if order:
                    transitions.complete(start_payment(order).pk, now=NOW + minutes(20))
                case 9:
                    conferences.update_seat_type(
                        seat_type_id=seat_type, changes={"quota": random.randint(0, 15)}
                    )
        except DomainError:
            continue


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(3))
def test_a_rebuild_gives_the_same_rows(make_summit, seed):
    a_history(make_summit(quotas=(10, 10, 10)), seed)
    before = rows()

    assert [differences(projectors[name]) for name in NAMES] == [{}] * len(NAMES)
    for name in NAMES:
        assert rebuild(projectors[name]) > 0
    assert rows() == before


@pytest.mark.django_db(transaction=True)
def test_verification_finds_what_differs(make_summit):
    make_summit()
    SeatTypeView.objects.filter(name="CQRS Workshop").update(quota=99)

    with pytest.raises(CommandError, match="differ"):
        call_command("projections", "verify", "ConferenceViewProjector")
    call_command("projections", "rebuild", "ConferenceViewProjector")
    call_command("projections", "verify")


@pytest.mark.django_db(transaction=True)
def test_rebuilding_while_orders_are_placed(make_summit):
    summit = make_summit(quotas=(1000, 1000, 1000))
    for _ in range(10):
        summit.ready((summit.general, 1))
    stop, refused, placed = threading.Event(), [], []

    def work() -> None:
        while not stop.is_set():
            try:
                order = summit.ready((summit.general, 1), (summit.party, 2))
                pay(order.pk)
                placed.append(reload(order).status)
            except Exception as error:
                refused.append(error)
        connection.close()

    writers = [threading.Thread(target=work) for _ in range(3)]
    for writer in writers:
        writer.start()
    for _ in range(3):
        for name in NAMES:
            rebuild(projectors[name])
    stop.set()
    for writer in writers:
        writer.join()

    assert refused == []
    assert set(placed) == {"confirmed"}
    assert SeatTypeView.objects.get(pk=summit.general).sold == len(placed)
    assert [differences(projectors[name]) for name in NAMES] == [{}] * len(NAMES)


@pytest.mark.django_db(transaction=True)
def test_constraints_and_indexes_survive_a_rebuild(make_summit):
    def named() -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'"
                " AND tablename LIKE 'registrations_%%' UNION ALL SELECT conname FROM"
                " pg_constraint JOIN pg_namespace n ON n.oid = connamespace WHERE"
                " nspname = 'public' AND contype IN ('p', 'u', 'c')"
            )
            return sorted(name for (name,) in cursor.fetchall())

    before = named()
    for name in NAMES:
        rebuild(projectors[name])
    assert named() == before


@pytest.mark.django_db(transaction=True)
def test_two_rebuilds_do_not_meet(make_summit):
    with connections["default"].copy().cursor() as other:
        other.execute("SELECT pg_advisory_lock(17748, 1)")
        with pytest.raises(RebuildUnderWay):
            rebuild(projectors["OrderViewProjector"])
        other.execute("SELECT pg_advisory_unlock(17748, 1)")
        other.connection.close()


def test_the_constraint_alone_holds_against_overselling(summit):
    """Even if the aggregate let it pass, the read model would refuse the append."""
    with pytest.raises(IntegrityError, match="never_oversold"), transaction.atomic():
        SeatTypeView.objects.filter(pk=summit.general).update(held=101)


def test_the_constraint_aborts_an_append_that_oversells(summit):
    forged = SeatsReserved(
        conference_id=summit.id,
        reservation_id=uuid7(),
        seats=[SeatQuantity(summit.general, 101)],
        expires_at=NOW + minutes(15),
    )
    before = Event.objects.count()
    with pytest.raises(IntegrityError, match="never_oversold"), transaction.atomic():
        store.append(f"availability-{summit.id}", [forged])
    assert Event.objects.count() == before
