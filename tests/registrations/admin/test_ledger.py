"""Organizers see what came in and went out, period by period."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from payments import services as payments
from registrations.admin import ledger as pages_of
from tests.registrations.admin.conftest import CANARY
from tests.registrations.admin.pages import MARCH, ledger, page, read
from tests.registrations.conftest import pay

CHOICE = "admin:registrations_ledgerentry_changelist"


def test_opening_movements_closing(organizer, viewer, taxed, moved):
    for client in (organizer, viewer):
        shown = read(client, ledger(taxed.id), **MARCH)
        assert "USD $0.00 $99.00 $99.00" in shown
        assert "Sandbox, VAT 25 %, USD Opening $0.00 $0.00 $0.00" in shown
        assert "Charged 1 $159.20 $39.80 $199.00" in shown
        assert "Given back 1 -$80.00 -$20.00 -$100.00" in shown
        assert "Closing $79.20 $19.80 $99.00" in shown
        assert f"{moved.code} Sandbox VAT 25 % $159.20 $39.80 $199.00" in shown


def test_what_closed_one_period_opens_the_next(organizer, taxed, moved):
    shown = read(organizer, ledger(taxed.id), since="2026-04-01", until="2026-04-30")

    assert "USD $99.00 $0.00 $99.00" in shown
    assert "Opening $79.20 $19.80 $99.00 Closing $79.20 $19.80 $99.00" in shown
    assert "No money moved in this period." in shown


def test_days_are_those_of_the_conference(organizer, taxed):
    """The last minute of March there is April in UTC."""
    last = datetime(2026, 4, 1, 6, 59, tzinfo=UTC)
    pay(taxed.ready((taxed.general, 1), now=last).pk, now=last)

    assert "1 entry" in read(organizer, ledger(taxed.id), **MARCH)
    april = read(organizer, ledger(taxed.id), since="2026-04-01", until="2026-04-30")
    assert "No money moved in this period." in april


def test_the_period_of_today_is_this_month(organizer, taxed):
    """The last evening of May there is June in UTC."""
    with time_machine.travel(datetime(2026, 6, 1, 3, tzinfo=UTC), tick=False):
        shown = organizer.get(ledger(taxed.id)).content.decode()

    assert "No money moved in this period." in shown
    assert 'value="2026-05-01"' in shown


@pytest.mark.parametrize(
    ("today", "since", "until"),
    [
        ("2026-02-14", "2026-02-01", "2026-02-28"),
        ("2028-02-29", "2028-02-01", "2028-02-29"),
        ("2026-12-31", "2026-12-01", "2026-12-31"),
    ],
)
def test_months(today, since, until):
    month = pages_of.month_of(datetime.fromisoformat(today).date())

    assert {name: str(day) for name, day in month.items()} == {
        "since": since,
        "until": until,
    }


def test_periods_that_are_asked_for():
    named = pages_of.suggested(datetime(2026, 1, 5, tzinfo=UTC).date())

    assert [(name, str(day["since"]), str(day["until"])) for name, day in named] == [
        ("This month", "2026-01-01", "2026-01-31"),
        ("Last month", "2025-12-01", "2025-12-31"),
        ("This year", "2026-01-01", "2026-12-31"),
    ]


@pytest.mark.parametrize(
    ("since", "until", "sentence"),
    [
        ("2026-03-02", "2026-03-01", "The last day cannot be before the first one."),
        ("yesterday", "2026-03-01", "Enter a valid date."),
        ("2026-03-01", "", "This field is required."),
        ("0001-01-01", "2026-03-01", "Enter a day between 2000 and 2999."),
        ("2026-03-01", "9999-12-31", "Enter a day between 2000 and 2999."),
    ],
)
def test_a_period_that_is_none(organizer, taxed, moved, since, until, sentence):
    shown = read(organizer, ledger(taxed.id), since=since, until=until)
    assert sentence in shown
    assert "Balance" not in shown

    for name in ("csv", "xlsx"):
        back = organizer.get(ledger(taxed.id, name), {"since": since, "until": until})
        assert back.status_code == 302
        assert back.url.startswith(f"{ledger(taxed.id)}?since=")


def test_all_days_there_are(organizer, taxed, moved):
    shown = read(organizer, ledger(taxed.id), since="2000-01-01", until="2999-12-31")

    assert "2 entries" in shown


def test_errors_are_told_to_those_who_hear_the_page(organizer, taxed):
    wrong = {"since": "2026-03-02", "until": "2026-03-01"}
    html = organizer.get(ledger(taxed.id), wrong).content.decode()

    assert html.count('id="id_until_error"') == 1
    assert 'aria-describedby="id_until_error"' in html


def test_entries_come_in_pages(organizer, taxed, monkeypatch, moved):
    monkeypatch.setattr(pages_of, "ENTRIES_ON_A_PAGE", 1)

    first = read(organizer, ledger(taxed.id), **MARCH)
    second = read(organizer, ledger(taxed.id), **MARCH, page="2")
    assert ("Page 1 of 2" in first, "Page 2 of 2" in second) == (True, True)
    assert "-$100.00" in second.partition("entries")[2]
    assert "-$100.00" not in first.partition("entries")[2]


def test_more_entries_need_no_more_queries(organizer, taxed, moved):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            read(organizer, ledger(taxed.id), **MARCH)
        return len(captured)

    queries()
    few = queries()
    for _ in range(2):
        pay(taxed.ready((taxed.general, 1)).pk)

    assert queries() == few


def test_it_is_found_from_the_conference_and_the_index(organizer, taxed, moved):
    conference = organizer.get(page("conferenceview", taxed.id)).content.decode()
    assert f'href="{ledger(taxed.id)}"' in conference
    assert reverse(CHOICE) in organizer.get(reverse("admin:index")).content.decode()
    choice = organizer.get(reverse(CHOICE)).content.decode()
    assert f'href="{ledger(taxed.id)}"' in choice


def test_links_lead_to_the_order_and_its_payment(organizer, taxed, moved):
    html = organizer.get(ledger(taxed.id), MARCH).content.decode()

    (payment,) = payments.payments_of(moved.pk)
    for link in (
        page("orderview", moved.pk),
        reverse("admin:payments_payment_change", args=[payment.pk]),
    ):
        assert f'href="{link}"' in html
        assert organizer.get(link).status_code == 200


def test_without_conferences_there_is_nothing_to_choose(organizer, contoso):
    assert "There is no conference yet" in read(organizer, reverse(CHOICE))


# Whose it is


@pytest.mark.parametrize("name", ["conference", "csv", "xlsx"])
def test_ledgers_of_others_do_not_exist(organizer, nobody, client, foreign, name):
    for query in ({}, MARCH):
        assert organizer.get(ledger(foreign.summit.id, name), query).status_code == 404
    assert CANARY not in organizer.get(reverse(CHOICE)).content.decode()
    assert nobody.get(ledger(foreign.summit.id, name)).status_code == 403
    assert client.get(ledger(foreign.summit.id, name)).status_code == 302


def test_superusers_see_all(administrator, foreign, moved):
    choice = administrator.get(reverse(CHOICE)).content.decode()

    assert (CANARY in choice, "CQRS summit" in choice) == (True, True)
    assert "1 entry" in read(administrator, ledger(foreign.summit.id), **MARCH)


@pytest.mark.parametrize("name", ["conference", "csv", "xlsx"])
def test_nothing_can_be_changed(owner, taxed, name):
    assert owner.post(ledger(taxed.id, name), MARCH).status_code == 405
