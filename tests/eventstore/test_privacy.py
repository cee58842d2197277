"""Personal fields: readable with the key of the person, and only where they belong."""

import json
from base64 import b64decode
from typing import Any
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.management import call_command
from django.db import transaction

from eventstore import privacy, store
from eventstore.erasure import erase
from eventstore.keys import keyed_hash
from eventstore.models import Event, PersonKey
from eventstore.privacy import NoWrappingKey
from tests.eventstore_app.guests import Arrived, Remarked
from tests.waiting import PATIENCE, has_to_wait

pytestmark = pytest.mark.django_db
ANN = {"name": "Guest A", "email": "a@example.org"}
BEN = {"name": "Guest B", "email": "b@example.org"}


@pytest.fixture(autouse=True)
def outside(settings, tmp_path) -> None:
    settings.EVENT_LEDGER = tmp_path / "ledger"


def arrive(guest: dict[str, str], stream: str = "stay-1") -> Event:
    store.append(stream, [Arrived(guest=guest, room=1)])
    return Event.objects.latest("position")


def read(stream: str = "stay-1") -> list[Any]:
    return [recorded.event for recorded in store.read(stream)]


def exchange(row: Event, sealed: Any) -> list[Any]:
    """What readers would see if the table said something else."""
    text = json.dumps(row.data | {"guest": sealed})
    return store._loaded([(row.type, row.schema_version, text)])[0]


def test_only_the_personal_field_is_sealed():
    row = arrive(ANN)

    assert row.data["room"] == 1
    assert row.data["guest"].keys() == {"person", "sealed"}
    assert "Guest" not in json.dumps(row.data)
    assert read() == [Arrived(guest=ANN, room=1)]


def test_one_person_has_one_key_however_the_address_is_written():
    arrive(ANN)
    arrive(ANN | {"email": " A@Example.ORG "}, "stay-2")
    arrive(BEN)

    assert PersonKey.objects.count() == 2


def test_same_content_is_never_sealed_alike():
    assert arrive(ANN).data["guest"]["sealed"] != arrive(ANN).data["guest"]["sealed"]


def test_nothing_is_sealed_for_what_is_not_said():
    store.append("stay-1", [Remarked(remark=None)])

    assert not PersonKey.objects.exists()
    assert read() == [Remarked(remark=None)]


def test_free_text_is_sealed_under_the_key_of_its_stream():
    store.append("stay-1", [Remarked(remark="Call him at home")])
    store.append("stay-1", [Remarked(remark="and at work")])
    store.append("stay-2", [Remarked(remark="Call her")])

    subjects = {bytes(key.subject) for key in PersonKey.objects.all()}
    assert subjects == {privacy.subject_of("stay-1"), privacy.subject_of("stay-2")}
    assert [event.remark for event in read()] == ["Call him at home", "and at work"]


def test_readers_see_nobody_where_the_key_is_gone():
    arrive(ANN)
    arrive(BEN)
    PersonKey.objects.filter(subject=privacy.subject_of(ANN["email"])).delete()

    nobody = {"name": "", "email": ""}
    assert [event.guest for event in read()] == [nobody, BEN]


def test_what_is_sealed_for_one_person_opens_for_no_other():
    """Whoever may write the table cannot make one person's words another's."""
    row, other = arrive(ANN), arrive(BEN, "stay-2")
    moved = row.data["guest"] | {"person": other.data["guest"]["person"]}

    with pytest.raises(InvalidTag):
        exchange(row, moved)


def test_a_key_opens_nothing_under_another_name():
    """Not even its own words, if somebody renamed it: name and key belong together."""
    row = arrive(ANN)
    key = PersonKey.objects.get()
    PersonKey.objects.filter(pk=key.pk).update(id=UUID(int=5))

    with pytest.raises(NoWrappingKey):
        exchange(row, row.data["guest"] | {"person": str(UUID(int=5))})


def test_words_are_bound_to_their_person_beside_the_key():
    row = arrive(ANN)
    key = PersonKey.objects.get()
    opened = privacy._unwrap(key.wrapped, key.id)
    hidden = b64decode(row.data["guest"]["sealed"])

    assert privacy._decrypt(AESGCM(opened), hidden, str(key.id))
    with pytest.raises(InvalidTag):
        privacy._decrypt(AESGCM(opened), hidden, str(UUID(int=5)))


def test_neither_address_nor_key_can_be_read_from_the_table():
    arrive(ANN)
    key = PersonKey.objects.get()
    kept = bytes(key.subject) + bytes(key.wrapped)

    assert b"example" not in kept
    assert bytes(key.subject) != keyed_hash(ANN["email"].encode(), b"events")
    assert privacy._unwrap(key.wrapped, key.id) not in kept


def test_address_is_found_only_with_the_secret(settings):
    before = privacy.subject_of(ANN["email"])
    settings.EVENT_DIGEST_KEY = "another secret " * 5

    assert privacy.subject_of(ANN["email"]) != before


def test_rotation_moves_every_key_to_the_new_secret(settings, capsys):
    arrive(ANN)
    arrive(BEN, "stay-2")
    old, new = settings.PERSONAL_DATA_KEYS[0], "the new secret " * 5
    wrapped = {bytes(key.wrapped) for key in PersonKey.objects.all()}

    settings.PERSONAL_DATA_KEYS = [new, old]
    assert read() == [Arrived(guest=ANN, room=1)], "the old one still opens"
    call_command("persons", "rotate")
    assert capsys.readouterr().out == "2 keys wrapped anew\n"

    settings.PERSONAL_DATA_KEYS = [new]
    assert read() == [Arrived(guest=ANN, room=1)]
    assert not wrapped & {bytes(key.wrapped) for key in PersonKey.objects.all()}
    settings.PERSONAL_DATA_KEYS = [old]
    with pytest.raises(NoWrappingKey, match="PERSONAL_DATA_KEYS lacks the key"):
        read()


def test_secret_that_is_taken_away_too_early_is_asked_for(settings):
    arrive(ANN)
    key = PersonKey.objects.get()
    settings.PERSONAL_DATA_KEYS = ["the new secret " * 5]

    with pytest.raises(NoWrappingKey, match=str(key.id)):
        read()
    with pytest.raises(NoWrappingKey), transaction.atomic():
        arrive(ANN)
    with pytest.raises(NoWrappingKey):
        privacy.rotate()
    assert bytes(PersonKey.objects.get().wrapped) == bytes(key.wrapped)


def test_events_of_before_an_announcement_stay_readable():
    """A field that became personal later lies in old events in plain."""
    row = arrive(ANN)

    assert exchange(row, BEN) == [Arrived(guest=BEN, room=1)]


@pytest.mark.django_db(transaction=True)
def test_erasure_waits_for_whoever_seals_under_the_key():
    """Else their event would commit under a key that is gone, lost from the start."""
    arrive(ANN, "stay-1")
    erased: list[Any] = []

    with transaction.atomic():
        # Another stream: only the lock on the key holds the erasure up.
        store.append("stay-2", [Arrived(guest=ANN, room=2)])
        waiting = has_to_wait(
            lambda: erased.append(erase([ANN["email"]], actor="test"))
        )
    waiting.join(PATIENCE)
    (erasure,) = erased
    assert erasure.certificate["events_unreadable"] == 2
    assert not PersonKey.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_whoever_comes_after_an_erasure_gets_a_key_of_their_own():
    arrive(ANN)
    old = PersonKey.objects.get().pk

    with transaction.atomic():
        erase([ANN["email"]], actor="test")
        waiting = has_to_wait(lambda: arrive(ANN, "stay-9"))
    waiting.join(PATIENCE)
    assert PersonKey.objects.get().pk != old
    assert [event.guest for event in read("stay-9")] == [ANN]
    assert [event.guest["name"] for event in read()] == [""]
