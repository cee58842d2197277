"""Read models are made anew, whatever becomes of the work in between."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.db.models import F

from eventstore import rebuild, tasks
from eventstore.projection_models import Parked, Rebuild
from eventstore.shadow import differences, has_shape_of_models
from tests.eventstore.following import a_history, append, drain, seen
from tests.eventstore_app.read_models import (
    InlineTally,
    LaggingTally,
    SqlTally,
    by_sql,
    inline,
    lagging,
    tell,
    unlucky,
)
from tests.waiting import until

pytestmark = pytest.mark.usefixtures("tallies")


def rows(model: type[models.Model]) -> list[tuple[Any, ...]]:
    return list(model._default_manager.order_by("pk").values_list())


def exists(schema: str, model: type[models.Model]) -> bool:
    table = f"{schema}.{model._meta.db_table}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
        return bool(cursor.fetchone()[0])


def column(model: type[models.Model], sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {model._meta.db_table} {sql}")


def test_an_inline_projector():
    a_history()
    before = rows(InlineTally)
    InlineTally.objects.update(total=F("total") + 1)

    assert rebuild.rebuild(inline) == 51
    assert rows(InlineTally) == before
    assert differences(inline) == {}


def test_an_asynchronous_projector_goes_on_from_there():
    a_history()
    drain(lagging)
    append("s1", 1)
    LaggingTally.objects.all().delete()

    rebuild.rebuild(lagging)
    assert seen()["s1"] == "1 2 3 4 5 6", "also what was not taken in yet"
    assert drain(lagging) == 0
    append("s1", 1)
    assert drain(lagging) == 1
    assert differences(lagging) == {}


def test_a_projector_in_sql():
    a_history()
    rebuild.rebuild(by_sql)
    sums = [(name, int(total)) for name, total in rows(SqlTally)]
    assert ("s3", 3 + 13 + 23 + 33 + 43) in sums
    assert differences(by_sql) == {}, "one event at a time says the same"


def test_a_rebuild_unparks():
    append("a", 1)
    append("b", 13, 1)
    unlucky.add(13)
    drain(lagging)
    assert Parked.objects.exists()
    assert differences(lagging) == {}, "what is parked is no difference"

    with pytest.raises(ValueError, match="bad luck"):
        rebuild.rebuild(lagging)
    assert Rebuild.objects.get().error == "ValueError: 13 brings bad luck"
    Rebuild.objects.update(touched_at=F("touched_at") - rebuild.ABANDONED)
    assert rebuild.abandoned() == [], "it waits for somebody"
    unlucky.clear()
    rebuild.rebuild(lagging)
    assert not Parked.objects.exists()
    assert seen() == {"a": "1", "b": "1 2"}


def test_a_projector_that_became_inline_leaves_nothing_parked():
    """A retry would take in once more what the rebuild has taken in."""
    append("a", 1)
    Parked.objects.create(projector=inline.name, stream="a", position=1, error="")
    rebuild.rebuild(inline)
    assert not Parked.objects.exists()


def test_a_reactor_is_not_rebuilt():
    append("a", 1)
    with pytest.raises(ValueError, match="never replayed"):
        rebuild.rebuild(tell)
    with pytest.raises(ValueError, match="never replayed"):
        rebuild.ask_for(tell)
    assert not Rebuild.objects.exists()
    call_command("projections", "rebuild")


def test_the_command_says_which_projectors_there_are():
    with pytest.raises(CommandError, match=r"these only: .*KeepInline"):
        call_command("projections", "rebuild", "Nobody")


def test_old_tables_are_kept_until_confirmed():
    a_history()
    rebuild.rebuild(inline)
    assert exists("retired", InlineTally)
    call_command("projections", "confirm", inline.name)
    assert not exists("retired", InlineTally)
    assert not Rebuild.objects.exists()

    rebuild.rebuild(inline)
    InlineTally.objects.all().delete()
    rebuild.rebuild(inline)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM retired.eventstore_app_inlinetally")
        assert cursor.fetchone() == (0,), "the next rebuild replaces them"


KILLED = """
import os, signal, time
import django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = {database!r}
from eventstore import rebuild
from tests.eventstore_app.read_models import inline
def progress(state):
    print(state.replayed, flush=True)
    while state.replayed >= 60:
        time.sleep(1)
rebuild.rebuild(inline, progress=progress)
"""


def test_after_a_kill_it_goes_on_where_it_was():
    a_history(each=30)
    before = rows(InlineTally)
    InlineTally.objects.update(total=0)
    script = KILLED.format(database=connection.settings_dict["NAME"])
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", script],
        stdout=subprocess.PIPE,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
    )
    with process:
        assert process.stdout is not None
        while int(process.stdout.readline()) < 60:
            pass
        process.send_signal(signal.SIGKILL)

    left = Rebuild.objects.get()
    assert 60 <= left.replayed < 301
    done: list[int] = []

    def goes_on() -> bool:
        with suppress(rebuild.RebuildUnderWay):  # until PostgreSQL has noticed
            done.append(rebuild.rebuild(inline))
        return bool(done)

    until(goes_on)
    assert done == [301 - left.replayed], "not from the start"
    assert rows(InlineTally) == before


def test_a_changed_model_is_just_a_rebuild():
    a_history()
    before = rows(InlineTally)
    assert has_shape_of_models(inline)
    column(InlineTally, "DROP COLUMN seen")
    column(InlineTally, "ALTER total TYPE bigint")
    assert not has_shape_of_models(inline)

    rebuild.rebuild(inline)
    assert rows(InlineTally) == before
    assert has_shape_of_models(inline)


def test_a_model_changed_meanwhile_starts_afresh():
    a_history()
    rebuild.rebuild(inline, for_seconds=0)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE shadow.eventstore_app_inlinetally DROP seen")
    assert rebuild.rebuild(inline) == 51
    rebuild.rebuild(inline, for_seconds=0)
    assert rebuild.rebuild(inline, afresh=True) == 51


def test_one_that_fails_in_a_worker_is_noted_and_the_next_goes_on(caplog):
    append("a", 13)
    unlucky.add(13)
    rebuild.ask_for(lagging)
    rebuild.ask_for(by_sql)

    tasks.follow()

    assert "KeepLagging failed" in caplog.text
    states = {state.pk: state for state in Rebuild.objects.all()}
    assert states[lagging.name].error == "ValueError: 13 brings bad luck"
    assert states[by_sql.name].finished_at
