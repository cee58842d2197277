"""The public catalogue."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from conferences import services
from tests.registrations.api.client import errors, refusal
from tests.registrations.api.conftest import seat_type

pytestmark = pytest.mark.django_db

CONFERENCE = {
    "id", "slug", "name", "tagline", "location", "time_zone", "currency", "starts_on",
    "ends_on", "links",
}  # fmt: skip


def slugs(answer):
    assert answer.status_code == 200, answer.content
    return [each["slug"] for each in answer.json()["results"]]


def test_the_list_shows_published_conferences_only(api, make_conference):
    make_conference("secret", published=False)
    conference = make_conference("summit")
    (shown,) = api.get("/conferences/").json()["results"]
    assert set(shown) == CONFERENCE
    assert shown["id"] == str(conference.id)
    assert shown["starts_on"] == conference.starts_on.isoformat()
    assert shown["time_zone"] == "Europe/Berlin"


def test_links_are_absolute_and_lead_somewhere(api, conference, settings):
    links = api.get("/conferences/summit/").json()["links"]
    assert links == {
        "self": f"{settings.BASE_URL}/api/v1/conferences/summit/",
        "seat_types": f"{settings.BASE_URL}/api/v1/conferences/summit/seat-types/",
        "orders": f"{settings.BASE_URL}/api/v1/conferences/summit/orders/",
        "html": f"{settings.BASE_URL}/conferences/summit/",
    }


def test_the_detail_adds_the_description(api, conference):
    shown = api.get("/conferences/summit/").json()
    assert set(shown) == CONFERENCE | {"description", "cancellation"}
    assert shown["description"] == "What we learned last year."


@pytest.mark.parametrize("rest", ["", "seat-types/"])
def test_an_unpublished_conference_is_not_there(api, conference, general, rest):
    assert api.get(f"/conferences/summit/{rest}").status_code == 200
    services.unpublish(conference_id=conference.id)
    hidden = api.get(f"/conferences/summit/{rest}")
    assert refusal(hidden) == (404, "not-found")
    assert hidden.content == api.get(f"/conferences/nowhere/{rest}").content


def test_the_list_is_sorted_and_filtered(api, make_conference):
    start = date.today() + timedelta(days=90)  # noqa: DTZ011 any day will do
    for days, slug, currency in [(0, "b", "EUR"), (5, "c", "USD"), (9, "a", "EUR")]:
        day = start + timedelta(days=days)
        make_conference(slug, currency=currency, starts_on=day, ends_on=day)
    middle = start + timedelta(days=5)
    assert slugs(api.get("/conferences/")) == ["b", "c", "a"]
    assert slugs(api.get("/conferences/?ordering=-starts_on")) == ["a", "c", "b"]
    assert slugs(api.get("/conferences/?ordering=name")) == ["a", "b", "c"]
    assert slugs(api.get("/conferences/?ordering=-name")) == ["c", "b", "a"]
    assert slugs(api.get("/conferences/?currency=EUR")) == ["b", "a"]
    assert slugs(api.get(f"/conferences/?starts_on_after={middle}")) == ["c", "a"]
    assert slugs(api.get(f"/conferences/?starts_on_before={middle}")) == ["b", "c"]


@pytest.mark.parametrize("order", ["starts_on", "-starts_on", "name", "-name"])
def test_the_list_comes_in_pages(api, make_conference, settings, order):
    for slug in "abcde":
        make_conference(slug)
    url = f"/conferences/?page_size=2&ordering={order}"
    seen, prefix = [], f"{settings.BASE_URL}/api/v1"
    while url:
        answer = api.get(url.removeprefix(prefix))
        seen.append(slugs(answer))
        url = answer.json()["next"]
    assert sorted(slug for page in seen for slug in page) == list("abcde")
    assert [len(page) for page in seen] == [2, 2, 1]
    back = api.get(answer.json()["previous"].removeprefix(prefix))
    assert slugs(back) == seen[1]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page_size=0", "page_size"),
        ("page_size=x", "page_size"),
        ("cursor=x", "cursor"),
        ("ordering=price", "ordering"),
        ("currency=dollars", "currency"),
        ("starts_on_after=yesterday", "starts_on_after"),
        ("starts_on_before=2027-13-01", "starts_on_before"),
    ],
)
def test_a_query_that_makes_no_sense_is_refused(api, conference, query, field):
    answer = api.get(f"/conferences/?{query}")
    assert refusal(answer) == (400, "invalid-input")
    assert list(errors(answer)) == [field]


def test_seat_types_come_in_the_organizers_order(api, conference, workshop, general):
    answer = api.get("/conferences/summit/seat-types/").json()
    assert answer == {
        "next": None,
        "previous": None,
        "results": [
            {
                "id": str(general.id),
                "name": "General admission",
                "description": "",
                "price": {"amount": "199.00", "currency": "USD"},
                "price_includes_tax": True,
                "quota": 20,
                "available": 20,
                "max_per_order": 20,
                "on_sale": True,
            },
            {
                "id": str(workshop.id),
                "name": "CQRS Workshop",
                "description": "",
                "price": {"amount": "500.00", "currency": "USD"},
                "price_includes_tax": True,
                "quota": 4,
                "available": 4,
                "max_per_order": 20,
                "on_sale": True,
            },
        ],
    }


@pytest.mark.parametrize(
    ("currency", "price", "shown"),
    [("JPY", "15000", "15000"), ("EUR", "9.5", "9.50"), ("KWD", "1.125", "1.125")],
)
def test_money_has_the_places_of_its_currency(
    api, make_conference, currency, price, shown
):
    seat_type(make_conference(currency=currency), "Day", price)
    (offer,) = api.get("/conferences/summit/seat-types/").json()["results"]
    assert offer["price"] == {"amount": shown, "currency": currency}


def test_a_seat_type_says_whether_tax_comes_on_top(api, make_conference):
    conference = make_conference(tax_name="VAT", tax_rate=Decimal(19))
    seat_type(conference, "Day", "100", price_includes_tax=False)
    (offer,) = api.get("/conferences/summit/seat-types/").json()["results"]
    assert offer["price_includes_tax"] is False


def test_available_falls_with_orders_and_never_below_0(api, workshop, placed):
    api.place("summit", {workshop: 3})
    services.update_seat_type(seat_type_id=workshop.id, changes={"quota": 1})
    offers = api.get("/conferences/summit/seat-types/").json()["results"]
    assert [each["available"] for each in offers] == [18, 0]


def test_a_closed_seat_type_is_shown_as_not_on_sale(api, general):
    services.update_seat_type(seat_type_id=general.id, changes={"is_closed": True})
    (offer,) = api.get("/conferences/summit/seat-types/").json()["results"]
    assert offer["on_sale"] is False


def test_catalogue_answers_without_growing_numbers_of_queries(
    api, make_conference, django_assert_max_num_queries
):
    for slug, queries in [("a", 5), ("b", 5), ("c", 5)]:
        conference = make_conference(slug)
        for number in range(3):
            seat_type(conference, f"Day {number}", "10")
        with django_assert_max_num_queries(queries):
            api.get("/conferences/")
        with django_assert_max_num_queries(queries):
            api.get(f"/conferences/{slug}/seat-types/")
