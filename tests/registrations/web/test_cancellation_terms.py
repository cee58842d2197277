"""The terms of giving seats back, said before one pays."""

from datetime import timedelta

from tests.registrations.conftest import NOW
from tests.registrations.web.cancelling import START


def test_terms_are_said_before_one_pays(browser, register, summit, terms):
    first = "until May 1, 2026, 12:00 AM PDT (America/Los Angeles) : 10 % of the price"
    for page in (
        browser.open("/conferences/cqrs-summit/"),
        browser.open(f"/orders/{register((summit.general, 1))}/checkout/"),
    ):
        assert first in page.text
        assert "after that, until May 24, 2026, 12:00 AM PDT" in page.text
        assert "$25.00 for each seat are kept, the rest is given back" in page.text
        assert f"until {START} (America/Los Angeles) : nothing is given back" in (
            page.text
        )


def test_without_tiers_the_terms_are_one_sentence(browser, summit):
    page = browser.open("/conferences/cqrs-summit/")
    assert f"until {START} (America/Los Angeles) : everything you paid for them" in (
        page.text
    )


def test_terms_that_are_over_are_not_said(browser, summit, terms, clock):
    clock.move_to(NOW + timedelta(days=70))
    page = browser.open("/conferences/cqrs-summit/")
    assert "10 %" not in page.text
    assert "until May 24, 2026" in page.text
    clock.move_to(NOW + timedelta(days=90))
    page = browser.open("/conferences/cqrs-summit/")
    assert "Seats can no longer be given back here." in page.text


def test_free_seats_are_given_back_without_a_word_on_money(browser, make_summit, db):
    make_summit("free", prices=("0", "0", "0"))
    page = browser.open("/conferences/free/")
    assert "You can give seats back until" in page.text
    assert "is given back" not in page.text
