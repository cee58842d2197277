"""Erasing a person: what becomes unreadable, and who is told."""

from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from eventstore import erasure, shadow, store
from eventstore.erasure import erase
from eventstore.integrity import verify
from eventstore.ledger import Ledger
from eventstore.models import Erasure, Event, Snapshot
from eventstore.signals import person_erased, person_exported
from tests.eventstore.hotel import A_AT_WORK, A, B, answering, arrive, erase_a, names
from tests.eventstore_app.guests import (
    InlineGuest,
    Left,
    Remarked,
    Stay,
    inline,
)

pytestmark = pytest.mark.usefixtures("hotel")


def test_one_person_goes_and_the_others_stay():
    arrive("stay-1", A, Left())
    arrive("stay-2", B)
    arrive("stay-3", A)
    stored = list(Event.objects.order_by("position").values())

    certificate = erase_a().certificate

    assert names(InlineGuest) == {"stay-1": "", "stay-2": "Guest B", "stay-3": ""}
    assert InlineGuest.objects.get(pk="stay-1").has_left
    assert list(Event.objects.order_by("position").values()) == stored
    assert list(verify()) == []
    assert shadow.differences(inline) == {}
    counts = ("keys_destroyed", "events_unreadable", "rows_projected_again")
    assert [certificate[name] for name in counts] == [1, 2, 2]


def test_several_addresses_are_one_person():
    arrive("stay-1", A)
    arrive("stay-2", A_AT_WORK)

    made = erase([A["email"].upper(), A_AT_WORK["email"]], actor="test")

    assert made is not None
    assert set(names(InlineGuest).values()) == {""}
    assert made.certificate["keys_destroyed"] == 2


def test_nobody_is_erased_who_is_not_known():
    arrive("stay-2", B)

    assert erase(["stranger@example.org"], actor="test") is None
    assert not Erasure.objects.exists()
    assert Ledger("erasures").entries() == []


def test_remarks_go_with_the_person_their_stream_is_about():
    arrive("stay-1", A, Remarked(remark="Guest A snores"))
    arrive("stay-2", B, Remarked(remark="Guest B sings"))

    erase_a()

    remarks = dict(InlineGuest.objects.values_list("stream", "remark"))
    assert remarks == {"stay-1": "", "stay-2": "Guest B sings"}
    kept = [one.event for one in store.read("stay-1")]
    assert kept[1] == Remarked(remark="")


def test_state_that_was_kept_for_speed_goes_too():
    with store.change(Stay, UUID(int=1)) as stay:
        stay.arrive(**A)
        stay.arrive(**B)
    assert Snapshot.objects.get().state == {"names": ["Guest A", "Guest B"]}

    erase_a()

    assert not Snapshot.objects.exists()
    assert store.load(Stay, UUID(int=1)).names == ["", "Guest B"]


def test_certificate_and_ledger_do_not_say_who_it_was():
    arrive("stay-1", A)
    erase_a()

    kept = repr(list(Erasure.objects.values())) + Ledger("erasures").path.read_text()
    for value in A.values():
        assert value not in kept


def test_others_are_told_with_all_that_was_known():
    arrive("stay-1", A)
    with answering(person_erased, {"letters_burnt": 3}) as heard:
        certificate = erase_a().certificate

    assert heard[0]["identities"] == {"a@example.org"}
    assert heard[0]["words"] == {"a@example.org", "Guest A"}
    assert heard[0]["streams"] == ["stay-1"]
    assert certificate["letters_burnt"] == 3


def test_who_cannot_clean_up_stops_the_erasure():
    arrive("stay-1", A)

    def fail(sender: object, **told: Any) -> dict[str, int]:
        raise OSError("no")

    person_erased.connect(fail)
    try:
        with pytest.raises(OSError, match="no"):
            erase_a()
    finally:
        person_erased.disconnect(fail)
    assert names(InlineGuest) == {"stay-1": "Guest A"}
    assert Ledger("erasures").entries() == []


def test_everything_is_exported():
    arrive("stay-1", A, Remarked(remark="Guest A snores"))
    arrive("stay-2", B)

    with answering(person_exported, {"letters": ["To A"]}) as heard:
        held = erasure.export(["A@example.org"])

    assert [(one["event"], one["content"]) for one in held["events"]] == [
        ("Arrived", {"guest": A, "room": 1}),
        ("Remarked", {"remark": "Guest A snores"}),
    ]
    assert heard[0]["words"] == {"Guest A", "a@example.org"}
    assert held["elsewhere"]["letters"] == ["To A"]


@pytest.mark.parametrize(
    "arguments", [["erase"], ["export"], ["rotate", "a@b.example"]]
)
def test_command_wants_to_know_whom(arguments):
    with pytest.raises(CommandError, match="name the person for erase and export only"):
        call_command("persons", *arguments)
