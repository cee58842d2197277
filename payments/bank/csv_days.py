"""Days as banks write them in a CSV."""

import re
from collections.abc import Iterable
from datetime import date

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?", re.ASCII)
_PARTS = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?: .*)?", re.ASCII)


def day(text: str, *, is_month_first: bool) -> date:
    """Raises ValueError."""
    text = text.strip()
    if iso := _ISO.fullmatch(text):
        return date(int(iso[1]), int(iso[2]), int(iso[3]))
    parts = _PARTS.fullmatch(text)
    if parts is None:
        raise ValueError(text)
    first, second, year = int(parts[1]), int(parts[3]), int(parts[4])
    day, month = (second, first) if is_month_first else (first, second)
    return date(year + 2000 if year < 100 else year, month, day)


def is_month_first(days: Iterable[str]) -> bool:
    """Some day of the file after the 12th tells; where none does, the day is first."""
    for text in days:
        parts = _PARTS.fullmatch(text.strip())
        if parts and parts[2] != "." and int(parts[3]) > 12:
            return True
    return False
