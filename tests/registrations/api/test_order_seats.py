"""Seats of a confirmed order."""

from datetime import UTC, datetime, timedelta

import pytest

from conferences import services
from tests.registrations.api.client import errors, refusal
from tests.registrations.api.conftest import ATTENDEE, REGISTRANT

pytestmark = pytest.mark.django_db


def seat(client, position=0, **headers):
    return client.get(client.order_path(f"seats/{position}/"), **headers)


def assign(client, attendee, position=0, **headers):
    return client.put(client.order_path(f"seats/{position}/"), attendee, **headers)


def test_there_are_no_seats_before_confirmation(placed_free):
    path = placed_free.order_path("seats/")
    assert refusal(placed_free.get(path)) == (404, "not-found")
    assert refusal(assign(placed_free, ATTENDEE)) == (404, "not-found")
    gone = placed_free.delete(placed_free.order_path("seats/0/"))
    assert refusal(gone) == (404, "not-found")


def test_a_confirmed_order_has_one_position_per_seat(confirmed, free):
    assert confirmed.get(confirmed.order_path("seats/")).json() == {
        "next": None,
        "previous": None,
        "results": [
            {"position": position, "seat_type": str(free.id), "attendee": None}
            for position in (0, 1)
        ],
    }


def test_seats_come_in_pages(confirmed, settings):
    first = confirmed.get(confirmed.order_path("seats/?page_size=1")).json()
    prefix = f"{settings.BASE_URL}/api/v1"
    second = confirmed.get(first["next"].removeprefix(prefix)).json()
    assert [each["position"] for each in first["results"]] == [0]
    assert [each["position"] for each in second["results"]] == [1]
    assert second["next"] is None


def test_assigning_and_unassigning(confirmed, free):
    answer = assign(confirmed, ATTENDEE)
    assigned = {"position": 0, "seat_type": str(free.id), "attendee": ATTENDEE}
    assert (answer.status_code, answer.json()) == (200, assigned)
    assert seat(confirmed).json() == assigned
    path = confirmed.order_path("seats/0/")
    for _twice in range(2):
        answer = confirmed.delete(path)
        assert (answer.status_code, answer.content) == (204, b"")
    assert seat(confirmed).json() == {**assigned, "attendee": None}


def test_the_same_person_may_hold_several_seats(confirmed):
    for position in (0, 1):
        assert assign(confirmed, ATTENDEE, position).json()["attendee"] == ATTENDEE


@pytest.mark.parametrize("position", ["2", "99999999999", "9" * 300])
def test_an_unknown_position_is_not_there(confirmed, position):
    assert refusal(assign(confirmed, ATTENDEE, position)) == (404, "not-found")
    assert refusal(seat(confirmed, position)) == (404, "not-found")


def test_an_attendee_has_a_whole_name_and_an_address(confirmed):
    assert set(errors(assign(confirmed, {}))) == {"first_name", "last_name", "email"}
    wrong = {**ATTENDEE, "email": "attendee at example.org"}
    assert list(errors(assign(confirmed, wrong))) == ["email"]
    more = {**ATTENDEE, "position": 1}
    assert list(errors(assign(confirmed, more))) == ["position"]


def test_a_stale_write_is_refused(confirmed):
    first = seat(confirmed)["ETag"]
    answer = assign(confirmed, ATTENDEE, If_Match=first)
    assert answer.status_code == 200
    assert answer["ETag"] != first
    assert refusal(assign(confirmed, REGISTRANT, If_Match=first)) == (
        412,
        "stale-version",
    )
    path = confirmed.order_path("seats/0/")
    stale = confirmed.delete(path, If_Match=first)
    assert refusal(stale) == (412, "stale-version")
    assert confirmed.delete(path, If_Match=answer["ETag"]).status_code == 204


def test_another_seat_does_not_make_this_one_stale(confirmed):
    first = seat(confirmed, 0)["ETag"]
    assign(confirmed, ATTENDEE, 1)
    assert assign(confirmed, ATTENDEE, 0, If_Match=first).status_code == 200


def test_who_has_the_current_version_gets_304(confirmed):
    tag = seat(confirmed)["ETag"]
    assert seat(confirmed, If_None_Match=tag).status_code == 304
    assign(confirmed, ATTENDEE)
    assert seat(confirmed, If_None_Match=tag).status_code == 200


def test_assigning_ends_at_the_conferences_deadline(conference, confirmed):
    services.update_conference(
        conference_id=conference.id,
        changes={"seat_assignment_until": datetime.now(UTC) - timedelta(hours=1)},
    )
    assert refusal(assign(confirmed, ATTENDEE)) == (409, "assignment-closed")


def test_a_cancelled_order_has_no_seats(confirmed):
    confirmed.post(confirmed.order_path("cancel/"))
    path = confirmed.order_path("seats/")
    assert refusal(confirmed.get(path)) == (404, "not-found")


@pytest.mark.parametrize("seats", [1, 3])
def test_seats_answer_without_growing_numbers_of_queries(
    api, free, seats, django_assert_num_queries
):
    client = api.place("summit", {free: seats}, registrant=REGISTRANT)
    client.post(client.order_path("confirm/"))
    with django_assert_num_queries(4):
        client.get(client.order_path("seats/"))
