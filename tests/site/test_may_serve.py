"""Nothing starts on a database that has not got what the code expects."""

import pytest
from django.core.management import CommandError, call_command
from django.db.migrations.recorder import MigrationRecorder


@pytest.mark.django_db
def test_code_that_is_newer_than_its_database_says_what_to_do() -> None:
    call_command("may_serve")
    applied = MigrationRecorder.Migration.objects
    applied.filter(app="conference_site", name="0001_throttle_counter").delete()

    with pytest.raises(CommandError) as refused:
        call_command("may_serve")

    assert str(refused.value) == (
        "Refusing to start. The database has not got all migrations of this code: run"
        " `manage.py migrate` first. Missing: conference_site.0001_throttle_counter."
    )
