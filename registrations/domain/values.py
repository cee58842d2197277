"""The small values the domain speaks in."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Self
from uuid import UUID

from babel.numbers import get_currency_precision

# An address a human would type: something, @, a domain with a dot. Mail decides the
# rest.
EMAIL = re.compile(r"[^@\s<>\"(),:;\\]+@[^@\s.<>\"(),:;\\]+(\.[^@\s.<>\"(),:;\\]+)+")


class InvalidPersonalInfo(ValueError):
    """A name or an e-mail address is missing or not usable."""

    code = "invalid-personal-info"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def minor_unit(currency: str) -> Decimal:
    """The smallest amount of this currency that can be paid."""
    return Decimal(1).scaleb(-get_currency_precision(currency))


@dataclass(frozen=True, slots=True)
class Money:
    """An amount with its currency (ISO 4217)."""

    amount: Decimal
    currency: str

    @classmethod
    def of(cls, amount: Decimal, currency: str) -> Self:
        """The amount rounded half-even to the currency's minor unit (0, 2 or 3
        places)."""
        places = minor_unit(currency)
        return cls(amount.quantize(places, rounding=ROUND_HALF_EVEN), currency)

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up.")
        return Money(self.amount + other.amount, self.currency)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


@dataclass(frozen=True, slots=True)
class SeatQuantity:
    """So many seats of one seat type."""

    seat_type: UUID
    quantity: int


@dataclass(frozen=True, slots=True)
class PersonalInfo:
    """Who somebody is to us: a name to print and an address to write to.

    Build it with `of`, which checks: raises InvalidPersonalInfo naming the field.
    """

    first_name: str
    last_name: str
    email: str

    @classmethod
    def of(cls, *, first_name: str, last_name: str, email: str) -> Self:
        person = cls(first_name.strip(), last_name.strip(), email.strip())
        for field, label in (("first_name", "first name"), ("last_name", "last name")):
            value = getattr(person, field)
            if not value:
                raise InvalidPersonalInfo(field, f"Enter the {label}.")
            if len(value) > 100:
                raise InvalidPersonalInfo(
                    field, f"The {label} may have up to 100 characters."
                )
        if not EMAIL.fullmatch(person.email) or len(person.email) > 254:
            raise InvalidPersonalInfo(
                "email", "Enter a valid e-mail address, like name@example.org."
            )
        return person

    @property
    def same_address(self) -> str:
        """What two spellings of one address have in common."""
        return self.email.casefold()


def quantities(seats: Mapping[UUID, int]) -> list[SeatQuantity]:
    """The seat types of which there is at least one, in the order given."""
    return [SeatQuantity(seat_type, n) for seat_type, n in seats.items() if n]


def mapping(seats: Iterable[SeatQuantity]) -> dict[UUID, int]:
    """Quantities by seat type; several lines of one seat type are added together."""
    added: dict[UUID, int] = {}
    for item in seats:
        added[item.seat_type] = added.get(item.seat_type, 0) + item.quantity
    return added
