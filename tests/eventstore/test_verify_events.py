"""What the command and the hourly task say of the history."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils.module_loading import import_string
from django_q.models import Schedule
from msgspec.json import decode

from eventstore import store, tasks
from eventstore.integrity import verify
from eventstore.ledger import Ledger, LedgerBroken
from tests.eventstore.conftest import Deposited
from tests.eventstore.tampering import DELETE, tamper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_ledger")]


def verify_events(*arguments: str) -> str:
    out = StringIO()
    call_command("verify_events", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_says_what_no_checkpoint_vouches_for_yet(history):
    store.append("d", [Deposited(amount=1)])

    said = verify_events()

    assert "16 events are as written" in said
    assert "1 events, from " in said
    assert "no checkpoint vouches" not in verify_events("--checkpoint")


def test_the_command_names_what_it_found_and_fails(history):
    tamper(f"{DELETE} AND version = 3")
    out = StringIO()

    with pytest.raises(CommandError, match="1 findings"):
        call_command("verify_events", "--checkpoint", stdout=out)
    assert "missing: a version 3" in out.getvalue()
    assert len(Ledger("checkpoints").entries()) == 1
    with pytest.raises(CommandError):  # no backup has such a hole
        verify_events("--anew", "an older backup was restored")


def test_the_command_refuses_a_ledger_that_was_changed(history):
    ledger = Ledger("checkpoints").path
    ledger.write_text(ledger.read_text().replace("position", "p0sition"))

    with pytest.raises(CommandError, match="line 1 is not ours"):
        verify_events()
    with pytest.raises(LedgerBroken):
        list(verify())


def test_the_hourly_task_vouches_and_leaves_its_signature_in_the_log(history, caplog):
    caplog.set_level("INFO")
    store.append("d", [Deposited(amount=1)])

    assert tasks.checkpoint(unknown="ignored") == 1
    assert Ledger("checkpoints").entries()[-1]["heads"].keys() == {"d"}
    assert _last_signature() in caplog.text


def test_the_schedule_of_the_task_is_kept():
    hourly = Schedule.objects.get(name="checkpoint")

    assert hourly.schedule_type == Schedule.HOURLY
    assert import_string(hourly.func) is tasks.checkpoint


def _last_signature() -> str:
    line = Ledger("checkpoints").path.read_bytes().splitlines()[-1]
    return str(decode(line)["signature"])
