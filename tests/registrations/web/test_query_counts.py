"""Pages ask the database as often for three lines as for one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.registrations.web.conftest import pay


def queries(browser, path: str) -> int:
    browser.open(path)
    with CaptureQueriesContext(connection) as captured:
        assert browser.open(path).status == 200
    return len(captured)


@pytest.mark.parametrize("step", ["", "change/", "checkout/"])
def test_open_order(browser, register, summit, step):
    one = register((summit.general, 1))
    few = queries(browser, f"/orders/{one}/{step}")
    three = register((summit.general, 3), (summit.workshop, 2), (summit.party, 4))
    assert queries(browser, f"/orders/{three}/{step}") == few
    assert few <= 12


@pytest.mark.parametrize(
    "step", ["", "seats/", "thank-you/", "cancel/", "cancel/?all=1"]
)
def test_confirmed_order(browser, register, summit, step):
    one = register((summit.general, 2))
    pay(browser)
    few = queries(browser, f"/orders/{one}/{step}")
    three = register((summit.general, 3), (summit.workshop, 2), (summit.party, 4))
    pay(browser)
    assert queries(browser, f"/orders/{three}/{step}") == few


def test_list_of_conferences(browser, db, make_summit):
    make_summit("first")
    few = queries(browser, "/")
    make_summit("second")
    make_summit("third")
    assert queries(browser, "/") == few


@pytest.mark.parametrize("step", ["", "register/?new"])
def test_conference(browser, db, make_summit, step):
    make_summit("first")
    other = make_summit("other")
    other.confirmed((other.general, 3), (other.workshop, 2))
    few = queries(browser, f"/conferences/first/{step}")
    assert queries(browser, f"/conferences/other/{step}") == few
    assert few <= 8
