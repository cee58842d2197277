"""Read models are compared with what their events say."""

import pytest
from django.core.management import CommandError, call_command

from eventstore import shadow
from eventstore.projections import projectors
from eventstore.shadow import Difference, differences, has_shape_of_models
from tests.eventstore.following import a_history, append, drain, in_thread
from tests.eventstore_app.read_models import (
    InlineTally,
    LaggingTally,
    inline,
    lagging,
)

pytestmark = pytest.mark.usefixtures("tallies")


def test_live_tables_are_what_the_models_would_make():
    assert [
        one.name for one in projectors.values() if not has_shape_of_models(one)
    ] == []


def test_verification_names_rows_and_columns(capsys):
    a_history()
    InlineTally.objects.filter(pk="s1").update(total=99)
    InlineTally.objects.filter(pk="s2").delete()
    InlineTally.objects.create(pk="zz")

    [(table, found)] = differences(inline).items()
    assert table == "eventstore_app_inlinetally"
    assert found.rows == 3
    assert found.first == [
        Difference(["s1"], ["total"], "differs in"),
        Difference(["s2"], [], "is missing"),
        Difference(["zz"], [], "comes from no event"),
    ]
    with pytest.raises(CommandError, match="differ"):
        call_command("projections", "verify", inline.name)
    assert "s1: differs in total" in capsys.readouterr().out
    call_command("projections", "rebuild", inline.name, "--verify")


def test_verification_of_a_lagging_projector_looks_at_what_it_took_in():
    a_history()
    drain(lagging)
    append("s1", 1)
    assert differences(lagging) == {}
    LaggingTally.objects.filter(pk="s1").update(seen="")
    assert list(differences(lagging)) == ["eventstore_app_laggingtally"]


def test_an_append_meanwhile_is_no_difference(monkeypatch):
    a_history()
    compared = shadow._compared

    def after_an_append(model) -> shadow.Differences:
        in_thread(lambda: append("s1", 1)).join()
        return compared(model)

    monkeypatch.setattr(shadow, "_compared", after_an_append)
    assert differences(inline) == {}
