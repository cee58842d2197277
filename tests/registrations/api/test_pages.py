"""Pages of rows that come and go."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import RequestFactory
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from registrations.api.pages import page_of


def page(rows: list[int], url: str | None = "/rows/", order: str = "number") -> Any:
    request = Request(RequestFactory().get(url or ""))
    return page_of(request, rows, position=lambda row: (row,), order=order)


def walk(rows: list[int], url: str, link: str = "next", order: str = "number") -> Any:
    seen = []
    while url:
        shown = page(rows, url, order)
        seen.append(list(shown.results))
        url = getattr(shown, link)
    return seen


def test_following_next_shows_every_row_once():
    assert walk([3, 1, 2, 5, 4], "/rows/?page_size=2") == [[1, 2], [3, 4], [5]]


def test_descending_order_runs_the_other_way():
    rows = [3, 1, 2, 5, 4]
    assert walk(rows, "/rows/?page_size=2", order="-number") == [[5, 4], [3, 2], [1]]


@pytest.mark.parametrize("order", ["number", "-number"])
def test_previous_goes_back_the_same_pages(order):
    rows = list(range(6))
    second = page(rows, page(rows, "/rows/?page_size=2", order).next, order)
    third = page(rows, second.next, order)
    assert page(rows, third.previous, order).results == second.results
    assert second.previous is not None
    assert third.next is None


def test_rows_that_come_and_go_are_neither_repeated_nor_left_out():
    first = page([1, 3, 5, 7], "/rows/?page_size=2")
    assert list(first.results) == [1, 3]
    assert list(page([0, 2, 5, 7], first.next).results) == [5, 7]


def test_links_keep_the_query_and_point_to_the_configured_origin(settings):
    settings.BASE_URL = "https://conference.example"
    parts = urlsplit(page([1, 2, 3], "/rows/?page_size=1&currency=EUR").next)
    assert parts.netloc == "conference.example"
    query = parse_qs(parts.query)
    assert query["currency"] == ["EUR"]
    assert query["page_size"] == ["1"]


@pytest.mark.parametrize(("sent", "size"), [("1", 1), ("200", 200), ("9" * 99, 200)])
def test_a_page_has_up_to_200_rows(sent, size):
    rows = list(range(300))
    assert len(page(rows, f"/rows/?page_size={sent}").results) == size


@pytest.mark.parametrize("sent", ["0", "-1", "", "ten", "1.5", "٣", "1e2"])
def test_a_page_size_that_is_none_is_refused(sent):
    with pytest.raises(ValidationError):
        page([1], f"/rows/?page_size={sent}")


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "é", "bnVsbA", "W10", "WyJhZnRlciIsIm51bWJlciJd", "eyJhIjoxfQ", "/" * 3],
)
def test_a_cursor_we_did_not_make_is_refused(cursor):
    with pytest.raises(ValidationError):
        page([1, 2], f"/rows/?cursor={cursor}")


def test_a_cursor_of_another_order_is_refused():
    following = page([1, 2], "/rows/?page_size=1").next
    with pytest.raises(ValidationError):
        page([1, 2], following, order="-number")


def test_no_rows_make_one_empty_page():
    shown = page([])
    assert (list(shown.results), shown.next, shown.previous) == ([], None, None)
