"""How money, dates, times and states are written."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation

from conference_site.templatetags import site_tags

MOMENT = datetime(2026, 7, 8, 18, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Amount:
    amount: Decimal
    currency: str


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("1197", "USD", "$1,197.00"),
        ("0", "EUR", "€0.00"),
        ("1500", "JPY", "¥1,500"),
        ("1.5", "KWD", "KWD1.500"),
        ("-5", "USD", "-$5.00"),
    ],
)
def test_money_has_the_places_of_its_currency(amount, currency, text):
    assert site_tags.money(Amount(Decimal(amount), currency)) == text
    assert site_tags.in_currency(Decimal(amount), currency) == text


def test_no_money_is_nothing():
    assert site_tags.money(None) == ""
    assert site_tags.in_currency(None, "USD") == ""
    assert site_tags.percent(None) == ""


def test_money_follows_the_language():
    with translation.override("de"):
        assert site_tags.money(Amount(Decimal("1197"), "EUR")) == "1.197,00\u00a0€"


def test_language_that_babel_does_not_know_reads_as_english():
    with translation.override("xx"):
        assert site_tags.money(Amount(Decimal("1"), "USD")) == "$1.00"


@pytest.mark.parametrize(
    ("rate", "text"),
    [("21.0000", "21\xa0%"), ("7.5", "7.5\xa0%"), ("8.125", "8.125\xa0%")],
)
def test_percent_drops_what_says_nothing(rate, text):
    assert site_tags.percent(Decimal(rate)) == text


def test_date_range_says_nothing_twice():
    first = date(2026, 5, 2)
    written = [
        site_tags.date_range(first, last)
        for last in (first, date(2026, 5, 12), date(2026, 6, 1), date(2027, 1, 1))
    ]
    assert [" ".join(text.split()) for text in written] == [
        "May 2, 2026",
        "May 2 \u2013 12, 2026",
        "May 2 \u2013 Jun 1, 2026",
        "May 2, 2026 \u2013 Jan 1, 2027",
    ]


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("Europe/Prague", "8:09 PM CEST (Europe/Prague)"),
        ("America/Los_Angeles", "11:09 AM PDT (America/Los Angeles)"),
        ("Asia/Dubai", "10:09 PM Asia/Dubai"),
        ("UTC", "6:09 PM UTC"),
    ],
)
def test_times_are_told_in_the_zone_with_its_name(zone, text):
    source = "{% load site_tags %}{% zoned_time moment zone %}"
    rendered = Template(source).render(Context({"moment": MOMENT, "zone": zone}))
    hour, _, rest = text.partition(" ")
    half, _, name = rest.partition(" ")
    assert rendered == (
        '<time datetime="2026-07-08T18:09:30+00:00">'
        f'{hour}\u202f{half} <span class="zone">{name}</span></time>'
    )


def test_day_and_time_together_can_be_another_day_there():
    rendered = site_tags.zoned_datetime(MOMENT, "Asia/Tokyo")
    assert "Jul 9, 2026, 3:09\u202fAM" in rendered
    assert site_tags.zoned_datetime(None, "Asia/Tokyo") == ""


def test_states_have_words_and_a_colour():
    assert site_tags.order_status("confirmed") == {"label": "Confirmed", "kind": "good"}
    assert site_tags.payment_status("rejected") == {"label": "Refused", "kind": "bad"}
    assert site_tags.order_status("new-one") == {"label": "new-one", "kind": "plain"}
