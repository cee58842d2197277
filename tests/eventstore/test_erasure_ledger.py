"""What is remembered of erasures outside the database."""

import os
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from eventstore import erasure
from eventstore.erasure import ErasureOverdue, erase, overdue, reapply
from eventstore.ledger import Ledger, LedgerBroken
from eventstore.models import Erasure, PersonKey
from eventstore.signals import person_erased
from tests.eventstore.hotel import (
    A,
    B,
    answering,
    arrive,
    erase_a,
    names,
)
from tests.eventstore_app.guests import (
    InlineGuest,
)
from tests.waiting import PATIENCE, has_to_wait

pytestmark = pytest.mark.usefixtures("hotel")


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
    waiting.join(PATIENCE)

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

    with answering(person_erased, {}) as heard:
        call_command("persons", "reapply")

    assert [told["identities"] for told in heard] == [{"a@example.org"}]
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
