"""Days and times in the conference's zone, also where clocks are changed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from conferences.conference_file.local_time import (
    from_moment,
    from_text,
    until_moment,
    until_text,
)

PRAGUE = ZoneInfo("Europe/Prague")
NOT_MOVED = timedelta(0)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]  # year first


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("2024-06-21", utc(2024, 6, 20, 22), utc(2024, 6, 21, 22)),
        ("2024-03-31", utc(2024, 3, 30, 23), utc(2024, 3, 31, 22)),  # 23 hours
        ("2024-10-27", utc(2024, 10, 26, 22), utc(2024, 10, 27, 23)),  # 25 hours
        ("2024-06-21T12:30:00", utc(2024, 6, 21, 10, 30), utc(2024, 6, 21, 10, 30)),
        ("2024-06-21T12:30:00Z", utc(2024, 6, 21, 12, 30), utc(2024, 6, 21, 12, 30)),
        (
            "2024-10-27T02:30:00+01:00",
            utc(2024, 10, 27, 1, 30),
            utc(2024, 10, 27, 1, 30),
        ),
    ],
)
def test_text_becomes_a_moment_and_comes_back(
    text: str, begins: datetime, ends: datetime
) -> None:
    assert from_moment(text, PRAGUE, NOT_MOVED) == begins
    assert until_moment(text, PRAGUE, NOT_MOVED) == ends
    for parse, write, moment in (
        (from_moment, from_text, begins),
        (until_moment, until_text, ends),
    ):
        assert parse(str(write(moment, PRAGUE)), PRAGUE, NOT_MOVED) == moment


def test_days_come_back_as_days() -> None:
    assert from_text(utc(2024, 6, 20, 22), PRAGUE) == date(2024, 6, 21)
    assert until_text(utc(2024, 6, 21, 22), PRAGUE) == date(2024, 6, 21)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-06-21", utc(2024, 12, 19, 23)),
        ("2024-06-21T12:30:00", utc(2024, 12, 20, 11, 30)),
        ("2024-06-21T10:30:00Z", utc(2024, 12, 20, 11, 30)),
    ],
)
def test_moved_by_weeks_the_clock_on_the_wall_shows_the_same(
    text: str, expected: datetime
) -> None:
    assert from_moment(text, PRAGUE, timedelta(weeks=26)) == expected


@pytest.mark.parametrize("text", ["", "noon", "2024-13-01", "2024-02-30", "9999-12-31"])
def test_what_is_no_time_is_refused(text: str) -> None:
    parse: Any = until_moment
    with pytest.raises((ValueError, OverflowError)):
        parse(text, PRAGUE, NOT_MOVED)
