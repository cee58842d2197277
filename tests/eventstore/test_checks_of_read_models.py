"""What would make a rebuild or a projector fail is said before it does."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core.checks import run_checks

from eventstore import checks
from eventstore.events import event
from eventstore.projections import Projector, on, projectors


@event
class Nameless:
    pass


def test_the_site_has_nothing_to_mend():
    assert [one.id for one in run_checks() if "eventstore" in str(one.id)] == []


@pytest.mark.parametrize(
    ("model", "names"),
    [(Group, ["Group_permissions+"]), (LogEntry, ["user", "content_type"])],
    ids=["to", "from"],
)
def test_a_foreign_key_in_the_database(model, names, monkeypatch):
    class Keep(Projector, abstract=True):
        models = [model]

    monkeypatch.setitem(projectors, "Keep", Keep())
    errors = checks.read_models_can_be_exchanged()
    assert {error.id for error in errors} == {"eventstore.E002"}
    said = " ".join(error.msg for error in errors)
    assert [name for name in names if f"({name})" not in said] == []


def test_an_event_without_a_name(monkeypatch):
    class Keep(Projector, abstract=True):
        models = []

        @on(Nameless)
        def when(self, *_: object) -> None:
            pass

    monkeypatch.setitem(projectors, "Keep", Keep())
    [error] = checks.projectors_know_their_events()
    assert (error.id, error.msg) == (
        "eventstore.E003",
        "Keep takes in Nameless, which has no stored name.",
    )
