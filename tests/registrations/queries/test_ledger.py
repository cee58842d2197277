"""Opening + movements = closing, and the next period begins where this one ended."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from registrations.models import LedgerEntry
from registrations.queries.ledger import (
    Account,
    Amounts,
    Period,
    each_entry,
    entries,
    statement,
)

CONFERENCE, OTHER = uuid7(), uuid7()
START = datetime(2026, 3, 1, tzinfo=UTC)


def entry(
    hour: float = 1,
    kind: str = "charge",
    net: str = "100",
    tax: str = "19",
    *,
    currency: str = "EUR",
    method: str = "sandbox",
    rate: str | None = "19",
) -> LedgerEntry:
    return LedgerEntry(
        id=uuid7(),
        position=1,
        organization_id=CONFERENCE,
        conference_id=CONFERENCE,
        order_id=CONFERENCE,
        order_code="ABC234",
        payment_id=CONFERENCE,
        kind=kind,
        method=method,
        currency=currency,
        tax_name="VAT" if rate else "",
        tax_rate=Decimal(rate) if rate else None,
        gross=Decimal(net) + Decimal(tax),
        net=Decimal(net),
        tax=Decimal(tax),
        reference_id=uuid7(),
        occurred_at=START + timedelta(hours=hour),
    )


def written(*rows: LedgerEntry) -> None:
    LedgerEntry.objects.bulk_create(rows)


def at(hour: float) -> datetime:
    return START + timedelta(hours=hour)


# Examples


def test_movements_by_kind_method_rate_and_currency(db):
    written(
        entry(1),
        entry(2, "refund", "-50", "-9.50"),
        entry(3, rate="7", net="10", tax="0.70"),
        entry(4, "fee", "-2", "0", rate=None),
        entry(5, method="invoice"),
        entry(6, currency="JPY", net="1000", tax="190"),
        entry(7),
    )

    told = statement(CONFERENCE, at(0), at(10))

    assert [
        (
            *one.account,
            {kind: (m.gross_amount, m.count) for kind, m in one.movements.items()},
        )
        for one in told.accounts
    ] == [
        ("EUR", "invoice", "VAT", 19, {"charge": (119, 1)}),
        ("EUR", "sandbox", "", None, {"fee": (-2, 1)}),
        ("EUR", "sandbox", "VAT", 7, {"charge": (Decimal("10.70"), 1)}),
        (
            *("EUR", "sandbox", "VAT", 19),
            {"charge": (238, 2), "refund": (Decimal("-59.50"), 1)},
        ),
        ("JPY", "sandbox", "VAT", 19, {"charge": (1190, 1)}),
    ]
    assert [(one.currency, one.closing.gross_amount) for one in told.balances] == [
        ("EUR", Decimal("306.20")),
        ("JPY", Decimal(1190)),
    ]


def test_lines_go_from_the_opening_to_the_closing(db):
    written(
        entry(1),
        entry(2, "refund", "-50", "-9.50"),
        entry(3, "dispute", "-10", "-1.90"),
        entry(4, "dispute_won", "10", "1.90"),
    )

    (told,) = statement(CONFERENCE, at(2), at(9)).accounts

    assert [
        (name, str(amounts.gross), amounts.count) for name, amounts in told.lines
    ] == [
        ("Opening", "119.00 EUR", 0),
        ("Given back", "-59.50 EUR", 1),
        ("Disputed", "-11.90 EUR", 1),
        ("Dispute won", "11.90 EUR", 1),
        ("Closing", "59.50 EUR", 0),
    ]


def test_the_first_instant_belongs_to_the_period_and_the_last_to_the_next(db):
    written(entry(1), entry(2), entry(3))

    assert [e.occurred_at for e in each_entry(CONFERENCE, Period(at(1), at(3)))] == [
        at(1),
        at(2),
    ]
    (told,) = statement(CONFERENCE, at(1), at(3)).accounts
    assert (told.opening.count, told.moved.count) == (0, 2)


def test_what_came_to_nothing_before_is_not_told(db):
    written(entry(1), entry(2, "refund", "-100", "-19"))

    assert statement(CONFERENCE, at(3), at(4)).accounts == []
    assert statement(CONFERENCE, at(3), at(4)).balances == []
    assert len(statement(CONFERENCE, at(2), at(4)).accounts) == 1


def test_other_conferences_have_their_own(db):
    written(entry(1))

    assert statement(OTHER, at(0), at(9)).accounts == []
    assert list(entries(OTHER, Period(at(0), at(9)))) == []


def test_currencies_are_never_added():
    with pytest.raises(ValueError, match="JPY and EUR do not add up"):
        Amounts("JPY") + Amounts("EUR")


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 28), 24), (date(2026, 3, 29), 23), (date(2026, 10, 25), 25)],
)
def test_days_are_as_long_as_they_are_there(day, hours):
    """Clocks are set forward and back in Berlin; the next day begins where it ends."""
    zone = ZoneInfo("Europe/Berlin")
    period = Period.of_days(day, day, zone)
    next_one = Period.of_days(day + timedelta(days=1), day + timedelta(days=1), zone)

    length = period.until.astimezone(UTC) - period.since.astimezone(UTC)
    assert length == timedelta(hours=hours)
    assert period.until == next_one.since


# Whatever was written


ROWS = st.lists(
    st.builds(
        entry,
        st.integers(0, 100),
        st.sampled_from(LedgerEntry.Kind.values),
        st.decimals(-1000, 1000, places=3).map(str),
        st.decimals(-1000, 1000, places=3).map(str),
        currency=st.sampled_from(["JPY", "EUR", "KWD"]),
        method=st.sampled_from(["sandbox", "invoice"]),
        rate=st.sampled_from([None, "0", "7", "19"]),
    ),
    max_size=25,
)
CUTS = st.lists(st.integers(-1, 101), min_size=1, max_size=5)


def balances_until(rows: list[LedgerEntry], until: datetime) -> dict[Account, Decimal]:
    """Added up by hand."""
    sums: dict[Account, Decimal] = defaultdict(Decimal)
    for row in rows:
        if row.occurred_at < until:
            key = Account(row.currency, row.method, row.tax_name, row.tax_rate)
            sums[key] += row.gross
    return {key: amount for key, amount in sums.items() if amount}


@pytest.mark.django_db
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rows=ROWS, cuts=CUTS)
def test_periods_follow_each_other_without_a_gap(rows, cuts):
    edges = sorted({at(-1), *map(at, cuts), at(101)})
    with transaction.atomic():
        for row in rows:
            row.id = uuid7()
        written(*rows)
        before: dict[Account, Decimal] = {}
        count = 0
        for since, until in pairwise(edges):
            told = statement(CONFERENCE, since, until)
            opening = {one.account: one.opening.gross_amount for one in told.accounts}
            closing = {one.account: one.closing.gross_amount for one in told.accounts}

            for one in told.accounts:
                moved = sum(m.gross_amount for m in one.movements.values())
                assert opening[one.account] + moved == closing[one.account]
                assert one.closing.gross_amount == (
                    one.closing.net_amount + one.closing.tax_amount
                )
            assert {key: sum_ for key, sum_ in opening.items() if sum_} == before
            before = {key: sum_ for key, sum_ in closing.items() if sum_}
            assert before == balances_until(rows, until)
            listed = list(each_entry(CONFERENCE, Period(since, until)))
            count += len(listed)
            assert len(listed) == sum(one.moved.count for one in told.accounts)
        assert count == len(rows)
        transaction.set_rollback(True)
