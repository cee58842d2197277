"""Days and times of a file, meant in the conference's zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Where the clocks skip midnight, the first moment there is."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def from_moment(text: str, zone: ZoneInfo, shift: timedelta) -> datetime:
    """`from: 2024-06-22` begins with that day. Raises ValueError."""
    day = _day(text)
    if day:
        return start_of_day(day + shift, zone)
    return _moment(text, zone, shift)


def until_moment(text: str, zone: ZoneInfo, shift: timedelta) -> datetime:
    """`until: 2024-06-21` includes that day: it ends with the next midnight."""
    day = _day(text)
    if day:
        return start_of_day(day + DAY + shift, zone)
    return _moment(text, zone, shift)


def from_text(moment: datetime, zone: ZoneInfo) -> date | str:
    local = moment.astimezone(zone)
    if start_of_day(local.date(), zone) == moment:
        return local.date()
    return local.isoformat()


def until_text(moment: datetime, zone: ZoneInfo) -> date | str:
    text = from_text(moment, zone)
    return text if isinstance(text, str) else text - DAY


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if len(text) == len("2024-06-22") else None


def _moment(text: str, zone: ZoneInfo, shift: timedelta) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo and not shift:
        return moment.astimezone(UTC)
    # Weeks later the clock shows the same time, whatever summer time does.
    wall_clock = moment.astimezone(zone) if moment.tzinfo else moment
    fold = wall_clock.fold
    shifted = wall_clock.replace(tzinfo=None) + shift
    return shifted.replace(tzinfo=zone, fold=fold).astimezone(UTC)
