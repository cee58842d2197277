"""Erasing a person: what becomes unreadable, what is made anew, what is remembered."""

import os
import threading
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from eventstore import catch_up, erasure, rebuild, shadow, sql, store
from eventstore.erasure import ErasureOverdue, erase, overdue, reapply
from eventstore.integrity import verify
from eventstore.ledger import Ledger, LedgerBroken
from eventstore.models import Erasure, Event, PersonKey, Snapshot
from eventstore.projection_models import Checkpoint, Parked, Rebuild
from eventstore.projections import projectors
from eventstore.signals import person_erased, person_exported
from tests.eventstore_app import guests
from tests.eventstore_app.guests import (
    Arrived,
    InlineGuest,
    LaggingGuest,
    Left,
    Remarked,
    Stay,
    inline,
    lagging,
)
from tests.waiting import has_to_wait

pytestmark = pytest.mark.django_db(transaction=True)
A = {"name": "Guest A", "email": "a@example.org"}
A_AT_WORK = {"name": "Dr. A", "email": "a@work.example"}
B = {"name": "Guest B", "email": "b@example.org"}


@pytest.fixture(autouse=True)
def hotel(
    transactional_db: None, settings: Any, tmp_path: Any, monkeypatch: Any
) -> Iterator[None]:
    """Guests with their read models, and a ledger of the test's own."""
    settings.EVENT_LEDGER = tmp_path / "ledger"
    for name, projector in guests.OWN.items():
        monkeypatch.setitem(projectors, name, projector)
    sql.execute("DROP SCHEMA IF EXISTS shadow, retired CASCADE")
    with connection.schema_editor() as editor:
        for model in guests.MODELS:
            editor.create_model(model)
    yield
    guests.unlucky.clear()
    sql.execute("DROP SCHEMA IF EXISTS shadow, retired CASCADE")
    for model in guests.MODELS:
        sql.execute(f'DROP TABLE "{model._meta.db_table}"')


def arrive(stream: str, guest: dict[str, str], *more: Any, room: int = 1) -> None:
    store.append(stream, [Arrived(guest=guest, room=room), *more])


def names(model: Any) -> dict[str, str]:
    return dict(model.objects.order_by("stream").values_list("stream", "name"))


def erase_a() -> Erasure:
    made = erase([A["email"]], actor="test")
    assert made is not None
    return made


def follow() -> None:
    while catch_up.run(lagging):
        pass


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


def test_state_is_not_kept_by_who_was_at_work_already():
    with store.change(Stay, UUID(int=1)) as stay:
        stay.arrive(**A)
    with store.change(Stay, UUID(int=1)) as stay:
        # Loaded before the erasure, it would be kept after it.
        assert stay.names == ["Guest A"]
        waiting = has_to_wait(erase_a)
        stay.arrive(**B)
    waiting.join(10)

    assert not Snapshot.objects.exists()
    assert store.load(Stay, UUID(int=1)).names == ["", "Guest B"]


def test_what_was_being_written_about_them_goes_as_well():
    """A writer of a new stream, who had their key before we asked for it."""
    arrive("stay-1", A)
    heard: list[dict[str, Any]] = []

    def listen(sender: object, **told: Any) -> dict[str, int]:
        heard.append(told)
        return {}

    person_erased.connect(listen)
    try:
        with transaction.atomic():
            late = A | {"name": "Aunt A"}
            arrive("stay-2", late, Remarked(remark="Guest A snores"))
            waiting = has_to_wait(erase_a)
        waiting.join(10)
    finally:
        person_erased.disconnect(listen)

    assert [one.event for one in store.read("stay-2")][1] == Remarked(remark="")
    assert not PersonKey.objects.exists()
    assert "Aunt A" in heard[0]["words"]


def test_of_two_erasures_at_once_one_finds_nobody_left():
    arrive("stay-1", A)
    second: list[Erasure | None] = []
    with transaction.atomic():
        erase_a()
        waiting = has_to_wait(lambda: second.append(erase([A["email"]], actor="test")))
    waiting.join(10)

    assert second == [None]
    assert Erasure.objects.count() == len(Ledger("erasures").entries()) == 1


def test_certificate_and_ledger_do_not_say_who_it_was():
    arrive("stay-1", A)
    erase_a()

    kept = repr(list(Erasure.objects.values())) + Ledger("erasures").path.read_text()
    for value in A.values():
        assert value not in kept


def test_others_are_told_with_all_that_was_known():
    arrive("stay-1", A)
    heard: list[dict[str, Any]] = []

    def listen(sender: object, **told: Any) -> dict[str, int]:
        heard.append(told)
        return {"letters_burnt": 3}

    person_erased.connect(listen)
    try:
        certificate = erase_a().certificate
    finally:
        person_erased.disconnect(listen)

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

    def answer(sender: object, **told: Any) -> dict[str, list[str]]:
        return {"letters": sorted(told["words"])}

    person_exported.connect(answer)
    try:
        held = erasure.export(["A@example.org"])
    finally:
        person_exported.disconnect(answer)

    assert [(one["event"], one["content"]) for one in held["events"]] == [
        ("Arrived", {"guest": A, "room": 1}),
        ("Remarked", {"remark": "Guest A snores"}),
    ]
    assert held["elsewhere"]["letters"] == ["Guest A", "a@example.org"]


# Read models that are somewhere else than the events


def test_writer_in_another_stream_does_not_turn_rows_back():
    """An open append holds the horizon down; rows are made of what is committed."""
    arrive("stay-0", B)
    with transaction.atomic():
        early = connection.cursor()
        early.execute("SELECT eventstore_position()")

        def other() -> None:
            try:
                arrive("stay-1", A, Left())
                erase_a()
            finally:
                connection.close()

        thread = threading.Thread(target=other)
        thread.start()
        thread.join(10)
    row = InlineGuest.objects.get(pk="stay-1")
    assert (row.name, row.has_left) == ("", True)


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


def test_error_goes_of_a_stream_that_is_being_parked():
    arrive("stay-1", A)
    follow()
    guests.unlucky.add(13)
    arrive("stay-1", A, room=13)

    with transaction.atomic():
        catch_up.run(lagging)
        assert "Guest A" in Parked.objects.get().error
        waiting = has_to_wait(erase_a)
    waiting.join(10)

    assert Parked.objects.get().error == ""
    assert names(LaggingGuest) == {"stay-1": ""}


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


# What is remembered outside the database


def test_ledger_is_written_before_the_database_forgets(monkeypatch):
    """The other order would lose the line in a crash, and a backup bring them back."""
    arrive("stay-1", A)

    def full(*_: Any) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        erase_a()
    assert names(InlineGuest) == {"stay-1": "Guest A"}
    assert PersonKey.objects.count() == 1


def test_crash_between_ledger_and_commit_is_healed_by_a_second_erasure():
    arrive("stay-1", A)
    with pytest.raises(RuntimeError), transaction.atomic():
        erase_a()
        raise RuntimeError("the power fails")
    assert names(InlineGuest) == {"stay-1": "Guest A"}
    (entry,) = Ledger("erasures").entries()
    assert [str(key) for key in overdue()] == entry["keys"]
    with pytest.raises(ErasureOverdue, match="1 keys of persons"):
        erasure.refuse_if_overdue()

    erase_a()

    assert overdue() == []
    assert names(InlineGuest) == {"stay-1": ""}
    assert len(Ledger("erasures").entries()) == 2


def test_erasure_that_is_being_committed_is_not_overdue():
    """It is in the ledger already; the database says a moment later that it is made."""
    arrive("stay-1", A)
    answers: list[list[UUID]] = []
    with transaction.atomic():
        erase_a()
        waiting = has_to_wait(lambda: answers.append(overdue()))
    waiting.join(10)

    assert answers == [[]]


def test_erasure_made_while_the_ledger_is_read_does_not_lack_in_it():
    arrive("stay-1", A)

    def erase_meanwhile(execute: Any, sql: str, *rest: Any) -> Any:
        if 'FROM "eventstore_erasure"' in sql and PersonKey.objects.exists():
            erase_a()
        return execute(sql, *rest)

    with connection.execute_wrapper(erase_meanwhile):
        assert overdue() == []
    assert Erasure.objects.exists()


def test_restored_keys_are_erased_again_without_anybody_saying_who(capsys):
    arrive("stay-1", A)
    before = list(PersonKey.objects.values())
    erase_a()
    PersonKey.objects.bulk_create(PersonKey(**row) for row in before)
    InlineGuest.objects.update(name="Guest A")
    heard: list[Any] = []

    def listen(sender: object, **told: Any) -> dict[str, int]:
        heard.append(told["identities"])
        return {}

    person_erased.connect(listen)
    try:
        call_command("persons", "reapply")
    finally:
        person_erased.disconnect(listen)

    assert heard == [{"a@example.org"}]
    assert '"keys_destroyed": 1' in capsys.readouterr().out
    assert names(InlineGuest) == {"stay-1": ""}
    assert reapply(actor="test") is None


def test_ledger_begins_with_the_first_person_and_its_loss_is_noticed():
    ledger = Ledger("erasures").path
    assert not ledger.exists()
    arrive("stay-1", A)
    assert ledger.exists()
    erasure.refuse_if_overdue()

    ledger.unlink()
    arrive("stay-2", B)
    with pytest.raises(ErasureOverdue, match="is missing, which knows who was erased"):
        erasure.refuse_if_overdue()
    call_command("persons", "begin")
    erasure.refuse_if_overdue()


def test_site_without_persons_makes_its_ledger():
    erasure.refuse_if_overdue()

    assert Ledger("erasures").path.exists()


def test_older_ledger_is_noticed():
    arrive("stay-1", A)
    arrive("stay-2", B)
    erase_a()
    older = Ledger("erasures").path.read_bytes()
    erase([B["email"]], actor="test")
    Ledger("erasures").path.write_bytes(older)

    with pytest.raises(ErasureOverdue, match="lacks erasures"):
        erasure.refuse_if_overdue()


def test_forged_ledger_is_not_believed():
    arrive("stay-1", A)
    erase_a()
    path = Ledger("erasures").path
    path.write_text(path.read_text().replace('"keys":[', '"keys":["'))

    with pytest.raises(LedgerBroken):
        erasure.refuse_if_overdue()


@pytest.mark.parametrize(
    "arguments", [["erase"], ["export"], ["rotate", "a@b.example"]]
)
def test_command_wants_to_know_whom(arguments):
    with pytest.raises(CommandError, match="name the person for erase and export only"):
        call_command("persons", *arguments)


def test_checkpoint_of_one_that_never_ran_is_not_made():
    arrive("stay-1", A)
    erase_a()

    assert not Checkpoint.objects.exists()
