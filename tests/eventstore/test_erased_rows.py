"""Read models without the person, wherever they are."""

import pytest

from eventstore import rebuild, shadow, sql, store
from eventstore.projection_models import Checkpoint, Parked, Rebuild
from tests.eventstore.hotel import A, arrive, erase_a, follow, names
from tests.eventstore_app import guests
from tests.eventstore_app.guests import (
    InlineGuest,
    LaggingGuest,
    Left,
    inline,
    lagging,
)

pytestmark = pytest.mark.usefixtures("hotel")


def test_one_that_follows_later_is_made_anew_as_far_as_it_was():
    arrive("stay-1", A)
    follow()
    store.append("stay-1", [Left()])

    erase_a()

    row = LaggingGuest.objects.get(pk="stay-1")
    assert (row.name, row.has_left) == ("", False), "no further than its checkpoint"
    follow()
    assert LaggingGuest.objects.get(pk="stay-1").has_left
    assert shadow.differences(lagging) == {}


def test_one_that_has_not_begun_never_sees_the_person():
    arrive("stay-1", A)
    erase_a()
    follow()

    assert names(LaggingGuest) == {"stay-1": ""}


def test_checkpoint_of_one_that_never_ran_is_not_made():
    arrive("stay-1", A)
    erase_a()

    assert not Checkpoint.objects.exists()


def test_parked_stream_is_made_anew_as_far_as_it_came_and_its_error_goes():
    arrive("stay-1", A)
    follow()
    guests.unlucky.add(13)
    arrive("stay-1", A, room=13)
    follow()
    assert "Guest A" in Parked.objects.get().error

    erase_a()

    row = LaggingGuest.objects.get(pk="stay-1")
    assert (row.name, row.room) == ("", 1)
    assert Parked.objects.get().error == ""


def test_old_tables_of_a_rebuild_go():
    arrive("stay-1", A)
    rebuild.rebuild(inline)
    assert sql.fetch("SELECT name FROM retired.eventstore_app_inlineguest")

    erase_a()

    assert sql.fetch("SELECT to_regclass('retired.eventstore_app_inlineguest')") == [
        (None,)
    ]
    assert not Rebuild.objects.exists()


def test_rebuild_under_way_starts_again_without_the_person():
    for number in range(3):
        arrive(f"stay-{number}", A)
    rebuild.ask_for(inline)
    rebuild._replay(inline)
    made = "SELECT name FROM shadow.eventstore_app_inlineguest"
    assert sql.fetch(made) == [("Guest A",)] * 3
    Rebuild.objects.update(error="ValueError: Guest A brings bad luck")

    erase_a()

    assert Rebuild.objects.get().error == ""

    assert sql.fetch(made) == []
    rebuild.rebuild(inline)
    assert set(names(InlineGuest).values()) == {""}
    assert shadow.differences(inline) == {}


def test_rebuild_of_other_models_than_now_does_not_stop_an_erasure():
    arrive("stay-1", A)
    rebuild.ask_for(inline)
    # As if the projector had got this model since.
    sql.execute("DROP TABLE shadow.eventstore_app_inlineguest")

    erase_a()

    rebuild.rebuild(inline)
    assert names(InlineGuest) == {"stay-1": ""}
