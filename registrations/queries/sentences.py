"""How an event is told in one sentence, and the words that sentences share."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from registrations.domain.values import Money, PersonalInfo, SeatQuantity

E = TypeVar("E")
Sentence = Callable[[Any, "Names"], str]

SENTENCES: dict[type, Sentence] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """How ids and instants are read: by the conference's present names, in its zone.

    `attendees` are those who sit where when the event happens, by position.
    """

    seat_types: Mapping[UUID, str]
    zone: ZoneInfo | None
    attendees: Mapping[int, str] = field(default_factory=dict)
    providers: Mapping[str, str] = field(default_factory=dict)

    def seats(self, seats: Iterable[SeatQuantity]) -> str:
        listed = [
            f"{item.quantity} x {self.seat_types.get(item.seat_type, item.seat_type)}"
            for item in seats
        ]
        return ", ".join(listed) or _("no seats")

    def time(self, moment: datetime) -> str:
        local = timezone.localtime(moment, self.zone)
        return f"{date_format(local, 'DATETIME_FORMAT')} ({local.tzname()})"


def sentence(event: Any, names: Names) -> str:
    """The event in plain words. Raises KeyError for one that nobody described."""
    return SENTENCES[type(event)](event, names)


def says(kind: type[E]) -> Callable[[Callable[[E, Names], str]], Sentence]:
    def describe(words: Callable[[E, Names], str]) -> Sentence:
        SENTENCES[kind] = words
        return words

    return describe


def person(known: PersonalInfo) -> str:
    """Their name; nobody has none but who was erased."""
    name = f"{known.first_name} {known.last_name}".strip()
    return name or _("somebody who was erased")


def with_address(known: PersonalInfo) -> str:
    return f"{person(known)} ({known.email})" if known.email else person(known)


def amount_of(amount: Decimal, currency: str) -> str:
    return str(Money.of(amount, currency))


def numbers(positions: Iterable[int]) -> str:
    """Seats as people count them."""
    return ", ".join(str(position + 1) for position in positions)
