"""A file read and written again is the same file; read again, it changes nothing."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
import yaml
from django.conf import settings
from django.core.management import CommandError, call_command

from conferences import services
from conferences.models import Conference, SeatType
from tests.conferences.conftest import Heard
from tests.factories import conferences as make

pytestmark = pytest.mark.django_db

FIXTURES = settings.BASE_DIR / "conferences" / "fixtures"
FILES = sorted(FIXTURES.glob("*.yaml"))
SUMMIT = FIXTURES / "cqrs-summit-2012.yaml"
EUROPYTHON = FIXTURES / "europython-2024.yaml"


def run(command: str, *arguments: Any, **options: Any) -> str:
    output = StringIO()
    call_command(command, *map(str, arguments), stdout=output, **options)
    return output.getvalue()


def at_noon(day: str) -> time_machine.travel:
    return time_machine.travel(f"{day}T12:00:00+00:00", tick=False)


def slug_of(file: Path) -> str:
    return str(yaml.safe_load(file.read_text())["conference"]["slug"])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_export_says_what_the_file_said(file: Path) -> None:
    run("import_conference", file)
    exported = run("export_conference", slug_of(file))
    assert yaml.safe_load(exported) == yaml.safe_load(file.read_text())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
@pytest.mark.parametrize("form", ["yaml", "json"])
def test_importing_an_export_changes_nothing(
    file: Path, form: str, tmp_path: Path, heard: Heard
) -> None:
    run("import_conference", file)
    copy = tmp_path / f"copy.{form}"
    copy.write_text(run("export_conference", slug_of(file), format=form))
    rows = [*Conference.objects.values(), *SeatType.objects.order_by("pk").values()]
    heard.clear()
    assert run("import_conference", copy) == f"{slug_of(file)}: unchanged\n"
    assert heard == []
    assert rows == [
        *Conference.objects.values(),
        *SeatType.objects.order_by("pk").values(),
    ]


def test_import_announces_as_an_organizer_would(heard: Heard) -> None:
    run("import_conference", SUMMIT)
    assert heard.names == [
        "conference_created",
        "seat_type_created",
        "seat_type_created",
        "seat_type_created",
        "conference_published",
    ]


def test_every_field_survives_the_way_there_and_back(tmp_path: Path) -> None:
    made = make.conference(
        name="Ünicode: 2030 — №1",
        tagline="yes",
        description="two\nlines: # no comment",
        currency="KWD",
        hold_minutes=60,
        replacement_url="https://example.org/",
        seat_assignment_until=datetime(2030, 5, 1, 7, tzinfo=UTC),
        cancellation_until=datetime(2030, 4, 1, 12, 34, 56, tzinfo=UTC),
        tax_name="Tax",
        tax_rate="9.975",
    )
    make.seat_type(
        made,
        price="0.125",
        description="01:30",
        max_per_order=3,
        on_sale_from=datetime(2030, 1, 1, 8, tzinfo=UTC),
        on_sale_until=datetime(2030, 2, 1, 12, tzinfo=UTC),
        is_closed=True,
        price_includes_tax=False,
    )
    services.set_cancellation_tiers(
        conference_id=made.pk,
        tiers=[
            {"days_before": 30, "percent_kept": Decimal("12.50")},
            {"days_before": 0, "fee_per_seat": Decimal(25)},
        ],
    )
    for form in ("yaml", "json"):
        copy = tmp_path / f"copy.{form}"
        copy.write_text(run("export_conference", made.slug, format=form))
        assert run("import_conference", copy) == f"{made.slug}: unchanged\n"


def test_days_are_whole_days_in_the_conference_s_zone() -> None:
    run("import_conference", EUROPYTHON)
    early = SeatType.objects.get(name="Personal Conference")
    late = SeatType.objects.get(name="Personal Conference (late bird)")
    midnight = datetime(2024, 6, 22, tzinfo=ZoneInfo("Europe/Prague"))
    assert (early.on_sale_until, late.on_sale_from) == (midnight, midnight)


def test_day_that_begins_after_midnight_survives(tmp_path: Path) -> None:
    """In Santiago the clocks skip 00:00 to 01:00 on 8 September 2030."""
    file = tmp_path / "file.yaml"
    text = SUMMIT.read_text().replace("America/Los_Angeles", "America/Santiago")
    text = text.replace("quota: 100}", "quota: 100, until: 2024-09-07}", 1)
    file.write_text(text)
    run("import_conference", file)
    exported = yaml.safe_load(run("export_conference", "cqrs-summit-2012"))
    assert exported["seat_types"][0]["until"] == date(2024, 9, 7)


def test_changed_file_changes_only_what_differs(tmp_path: Path, heard: Heard) -> None:
    run("import_conference", SUMMIT)
    heard.clear()
    file = tmp_path / "file.yaml"
    text = SUMMIT.read_text().replace('"500.00"', '"550.00"')
    lines = [line for line in text.splitlines() if "cocktail" not in line]
    file.write_text("\n".join(lines).replace("publish: true", "publish: false"))
    assert run("import_conference", file) == (
        "cqrs-summit-2012: updated CQRS Workshop, unpublished\n"
        "cqrs-summit-2012: not in the file and left alone: Additional cocktail party\n"
    )
    assert heard.names == ["seat_type_updated", "conference_unpublished"]


def test_terms_of_cancellation_are_stored_and_changed(
    tmp_path: Path, heard: Heard
) -> None:
    file = tmp_path / "file.yaml"
    tiers = """  cancellation_tiers:
  - {days_before: 30, percent_kept: "10"}
  - {days_before: 7, fee_per_seat: "25.00"}
seat_types:"""
    file.write_text(SUMMIT.read_text().replace("seat_types:", tiers))
    run("import_conference", file)
    stored = Conference.objects.get().cancellation_tiers.order_by("-days_before")
    assert [tier.terms for tier in stored] == [
        {"days_before": 30, "percent_kept": Decimal(10), "fee_per_seat": None},
        {"days_before": 7, "percent_kept": None, "fee_per_seat": Decimal(25)},
    ]
    heard.clear()
    assert run("import_conference", SUMMIT) == (
        "cqrs-summit-2012: updated cqrs-summit-2012\n"
    )
    assert [values["cancellation_tiers"] for _name, values in heard] == [[]]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_moved_conference_lies_ahead_with_something_on_sale(file: Path) -> None:
    now = datetime.now(UTC)
    with time_machine.travel(now, tick=False):
        run("import_conference", file, "--move-to-coming-year")
    conference = Conference.objects.get()
    original = yaml.safe_load(file.read_text())["conference"]
    assert timedelta(weeks=8) <= conference.starts_on - now.date() < timedelta(weeks=9)
    assert conference.starts_on.weekday() == original["starts_on"].weekday()
    length = original["ends_on"] - original["starts_on"]
    assert conference.ends_on - conference.starts_on == length
    on_sale = [
        row.name
        for row in SeatType.objects.all()
        if (not row.on_sale_from or row.on_sale_from <= now)
        and (not row.on_sale_until or row.on_sale_until > now)
    ]
    assert on_sale
    for row in SeatType.objects.exclude(on_sale_until=None):
        assert row.on_sale_until
        assert row.on_sale_until.astimezone(conference.zone).hour == 0


def test_moved_conference_stays_where_it_is() -> None:
    with at_noon("2030-03-01"):
        run("import_conference", EUROPYTHON, "--move-to-coming-year")
    with at_noon("2030-03-20"):
        again = run("import_conference", EUROPYTHON, "--move-to-coming-year")
    assert again == "europython-2024: unchanged\n"
    with at_noon("2031-03-20"):
        later = run("import_conference", EUROPYTHON, "--move-to-coming-year")
    assert later.startswith("europython-2024: updated europython-2024")


def test_conference_within_the_coming_year_is_not_moved() -> None:
    with at_noon("2023-12-01"):
        run("import_conference", EUROPYTHON, "--move-to-coming-year")
    assert Conference.objects.get().starts_on == date(2024, 7, 8)


def test_export_of_an_unknown_slug_is_refused() -> None:
    with pytest.raises(CommandError, match="There is no conference “nowhere”"):
        run("export_conference", "nowhere")
