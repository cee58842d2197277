"""Every movement of a payment's money is recorded once, by the taxes it is about."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrations.domain.payment_account import (
    PaymentAccount,
    PaymentAllotted,
    PaymentCharged,
    PaymentDisputed,
    PaymentDisputeLost,
    PaymentDisputeWon,
    PaymentFeeCharged,
    PaymentGivenBack,
    PaymentOrigin,
)
from registrations.domain.tax_parts import TaxPart, added, negated, untaxed

PAYMENT, FIRST, SECOND = (UUID(int=number) for number in (1, 2, 3))
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
ORIGIN = PaymentOrigin(
    order_id=UUID(int=4),
    order_code="ABC234",
    conference_id=UUID(int=5),
    organization_id=UUID(int=6),
    method="stripe",
    currency="EUR",
)
FACTS: dict[str, Any] = {
    "payment_id": PAYMENT,
    "order_id": UUID(int=4),
    "order_code": "ABC234",
    "conference_id": UUID(int=5),
    "organization_id": UUID(int=6),
    "method": "stripe",
    "currency": "EUR",
}


def vat(net: str, tax: str) -> TaxPart:
    return TaxPart(tax_name="VAT", rate=Decimal(19), net=Decimal(net), tax=Decimal(tax))


TAXED = [vat("100.00", "19.00")]
COST = Decimal("119.00")


@pytest.fixture
def account() -> PaymentAccount:
    """An order of 119.00 was paid; that is not told again."""
    charged = PaymentAccount(PAYMENT)
    charged.charge(ORIGIN, COST, pays_for=TAXED, now=NOW)
    charged.recorded.clear()
    return charged


def test_charged_once():
    account = PaymentAccount(PAYMENT)

    for _ in range(2):
        account.charge(ORIGIN, COST, pays_for=TAXED, now=NOW)

    assert account.recorded == [
        PaymentCharged(**FACTS, amount=COST, parts=TAXED, charged_at=NOW)
    ]


def test_given_back_once_per_refund(account):
    for refund, amount in ((FIRST, "11.90"), (FIRST, "11.90"), (SECOND, "107.10")):
        account.give_back(ORIGIN, refund, Decimal(amount), reason="organizer", now=NOW)

    assert account.recorded == [
        PaymentGivenBack(
            **FACTS,
            refund_id=refund,
            amount=Decimal(amount),
            reason="organizer",
            parts=[part],
            given_back_at=NOW,
        )
        for refund, amount, part in (
            (FIRST, "11.90", vat("10.00", "1.90")),
            (SECOND, "107.10", vat("90.00", "17.10")),
        )
    ]


def test_fee_once(account):
    for _ in range(2):
        account.charge_fee(ORIGIN, FIRST, Decimal("3.75"), now=NOW)

    assert account.recorded == [
        PaymentFeeCharged(**FACTS, fee_id=FIRST, amount=Decimal("3.75"), charged_at=NOW)
    ]


def test_dispute_takes_and_its_end_returns_the_same_parts(account):
    for _ in range(2):
        account.dispute(ORIGIN, FIRST, Decimal("59.50"), now=NOW)
    for _ in range(2):
        account.win_dispute(ORIGIN, FIRST, now=NOW)

    half = [vat("50.00", "9.50")]
    assert account.recorded == [
        PaymentDisputed(
            **FACTS,
            dispute_id=FIRST,
            amount=Decimal("59.50"),
            parts=half,
            opened_at=NOW,
        ),
        PaymentDisputeWon(
            **FACTS, dispute_id=FIRST, amount=Decimal("59.50"), parts=half, won_at=NOW
        ),
    ]


def test_a_lost_dispute_is_recorded_and_moves_nothing(account):
    account.dispute(ORIGIN, FIRST, COST, now=NOW)
    account.recorded.clear()

    for _ in range(2):
        account.lose_dispute(ORIGIN, FIRST, now=NOW)
    account.win_dispute(ORIGIN, FIRST, now=NOW)

    assert account.recorded == [
        PaymentDisputeLost(**FACTS, dispute_id=FIRST, amount=COST, lost_at=NOW)
    ]


def test_a_dispute_that_nobody_opened_cannot_end(account):
    account.win_dispute(ORIGIN, FIRST, now=NOW)
    account.lose_dispute(ORIGIN, FIRST, now=NOW)

    assert account.recorded == []


def test_money_that_the_order_takes_after_all_changes_places():
    account = PaymentAccount(PAYMENT)
    account.charge(ORIGIN, COST, pays_for=[untaxed(COST)], now=NOW)
    account.dispute(ORIGIN, FIRST, Decimal("11.90"), now=NOW)
    account.recorded.clear()

    for _ in range(2):
        account.allot(ORIGIN, pays_for=TAXED, now=NOW)

    assert account.recorded == [
        PaymentAllotted(
            **FACTS,
            taken_from=[untaxed(Decimal("107.10"))],
            parts=[vat("90.00", "17.10")],
            pays_for=TAXED,
            allotted_at=NOW,
        )
    ]


def test_what_was_never_charged_is_not_allotted():
    account = PaymentAccount(PAYMENT)

    account.allot(ORIGIN, pays_for=TAXED, now=NOW)

    assert account.recorded == []


def test_an_account_is_what_its_events_say(account):
    account.dispute(ORIGIN, FIRST, Decimal("11.90"), now=NOW)
    account.charge_fee(ORIGIN, SECOND, Decimal("1.00"), now=NOW)
    history = [
        PaymentCharged(**FACTS, amount=COST, parts=TAXED, charged_at=NOW),
        *account.recorded,
    ]

    again = PaymentAccount(PAYMENT).replay(history)

    expected = dict(vars(account), recorded=[], version=3)
    assert vars(again) == expected
    again.apply("something else")
    assert vars(again) == expected


# Whatever happens to a payment


CENTS = st.integers(1, 4000).map(lambda cents: Decimal(cents) / 100)
MOVES = st.lists(
    st.tuples(
        st.sampled_from(["refund", "dispute", "win", "lose", "allot"]),
        st.integers(0, 30).map(lambda number: UUID(int=100 + number)),
        CENTS,
    ),
    max_size=40,
)


def moved(event: Any) -> list[TaxPart]:
    """What it adds to what we have."""
    match event:
        case PaymentCharged() | PaymentDisputeWon():
            return list(event.parts)
        case PaymentAllotted():
            return [*event.parts, *map(negated, event.taken_from)]
        case PaymentGivenBack() | PaymentDisputed():
            return [negated(part) for part in event.parts]
    return []


def left_of(account: PaymentAccount) -> list[TaxPart]:
    return added(part for event in account.recorded for part in moved(event))


@given(moves=MOVES, charged=st.sampled_from([TAXED, [untaxed(COST)]]))
def test_the_parts_of_what_is_left_are_never_negative(moves, charged):
    """And when all has gone, nothing is left of any tax."""
    account = PaymentAccount(PAYMENT)
    account.charge(ORIGIN, COST, pays_for=charged, now=NOW)
    for kind, id, amount in moves:
        wanted = min(amount, COST - account.gone)
        if kind == "refund" and wanted:
            account.give_back(ORIGIN, id, wanted, reason="organizer", now=NOW)
        if kind == "dispute" and wanted:
            account.dispute(ORIGIN, id, wanted, now=NOW)
        if kind == "win":
            account.win_dispute(ORIGIN, id, now=NOW)
        if kind == "lose":
            account.lose_dispute(ORIGIN, id, now=NOW)
        if kind == "allot":
            account.allot(ORIGIN, pays_for=TAXED, now=NOW)

        left = left_of(account)
        assert sum(part.gross for part in left) == COST - account.gone
        assert all(part.net >= 0 and part.tax >= 0 for part in left)
    account.give_back(ORIGIN, PAYMENT, COST - account.gone, reason="provider", now=NOW)
    assert left_of(account) == []
