"""Cancelling seats while others cancel, pay or give money back."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import transaction

from payments import services as payments
from payments import transitions
from registrations.commands.cancellation import cancel_as_registrant
from registrations.domain import errors
from registrations.domain.values import Money
from registrations.queries.invariants import problems
from tests.at_once import at_once
from tests.registrations.commands.cancelling import positions, refunds, sold, wish
from tests.registrations.conftest import NOW, pay, reload, start_payment
from tests.waiting import has_to_wait


@pytest.mark.django_db(transaction=True)
def test_second_click_at_the_same_time_gives_back_once(make_summit):
    summit = make_summit()
    order = summit.confirmed((summit.general, 3))
    click = wish(order, 1)
    expected = Money(Decimal(199), "USD")

    answers = at_once(
        *[lambda: cancel_as_registrant(click, expected_refund=expected)] * 6
    )

    assert answers == [None] * 6
    assert refunds(order) == [("199.00", "seats-cancelled", "requested")]
    assert (positions(order), sold(summit.general)) == ([0, 2], 2)
    assert list(problems()) == []


@pytest.mark.django_db(transaction=True)
def test_different_seats_at_the_same_time_all_go_back(make_summit):
    summit = make_summit()
    order = summit.confirmed((summit.general, 4), (summit.party, 1))

    answers = at_once(
        *[
            lambda position=position: cancel_as_registrant(wish(order, position))
            for position in (0, 1, 2, 4)
        ]
    )

    assert answers == [None] * 4
    assert sorted(one[0] for one in refunds(order)) == ["199.00"] * 3 + ["50.00"]
    assert positions(order) == [3]
    assert list(problems()) == []


@pytest.mark.django_db(transaction=True)
def test_overlapping_seats_at_the_same_time_never_go_back_twice(make_summit):
    summit = make_summit()
    order = summit.confirmed((summit.general, 3))

    answers = at_once(
        *[
            lambda seats=seats: cancel_as_registrant(wish(order, *seats))
            for seats in ((0, 1), (1, 2), (0, 2))
        ]
    )

    assert sum(answer is None for answer in answers) == 1
    assert sum(isinstance(answer, errors.SeatsNotHeld) for answer in answers) == 2
    assert [one[0] for one in refunds(order)] == ["398.00"]
    assert list(problems()) == []


@pytest.mark.django_db(transaction=True)
def test_refund_of_the_organizer_meanwhile_is_waited_for(make_summit):
    """He has taken his share but not committed: the cancellation gives the rest."""
    summit = make_summit()
    order = summit.confirmed((summit.general, 2))
    (payment,) = payments.payments_of(order.pk)

    with transaction.atomic():
        payments.request_refund(
            payment_id=payment.pk, amount=Decimal(300), reason="organizer", now=NOW
        )
        registrant = has_to_wait(lambda: cancel_as_registrant(wish(order)))
    registrant.join()

    assert [one[0] for one in refunds(order)] == ["300.00", "98.00"]
    payment.refresh_from_db()
    assert payment.refundable_amount == 0
    assert list(problems()) == []


@pytest.mark.django_db(transaction=True)
def test_many_at_once_never_give_back_more_than_was_taken(make_summit):
    summit = make_summit()
    order = summit.confirmed((summit.general, 10))
    (payment,) = payments.payments_of(order.pk)

    def organizer() -> None:
        payments.request_refund(
            payment_id=payment.pk, amount=Decimal("333.33"), reason="organizer", now=NOW
        )

    def cancel(position: int) -> Callable[[], None]:
        return lambda: cancel_as_registrant(wish(order, position))

    at_once(*[organizer] * 6, *[cancel(position) for position in range(10)])

    given_back = sum(Decimal(one[0]) for one in refunds(order))
    assert given_back <= payment.amount
    payment.refresh_from_db()
    assert payment.refunded_amount == given_back
    assert list(problems()) == []


@pytest.mark.django_db(transaction=True)
def test_expired_payment_page_and_cancellation_do_not_lock_each_other(make_summit):
    """A second payment arrives while the order is being cancelled."""
    summit = make_summit()
    order = summit.ready((summit.general, 2))
    second = start_payment(order.pk, provider="invoice")
    pay(order.pk)

    answers = at_once(
        lambda: cancel_as_registrant(wish(order)),
        lambda: transitions.complete(second.pk, now=NOW),
    )

    assert not [one for one in answers if isinstance(one, Exception)]
    assert reload(order).status == "cancelled"
    for payment in payments.payments_of(order.pk):
        assert payment.refundable_amount == 0
