"""Everything that is printed on a document, frozen when it is issued.

Nothing is looked up when it is printed: who has moved since, or is called otherwise,
still stands there as on that day.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from registrations.domain.tax_parts import TaxPart


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Seller or buyer; `person` is whose name stands below a company's."""

    name: str
    person: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    tax_id: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    name: str
    quantity: int
    unit_price: Decimal
    unit_price_includes_tax: bool
    net: Decimal
    tax: Decimal
    gross: Decimal
    tax_rate: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Where an invoice is paid to; `instructions` are the organizer's own words."""

    holder: str = ""
    iban: str = ""
    bic: str = ""
    instructions: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    kind: str
    label: str
    language: str
    issued_on: date
    time_zone: str
    currency: str
    seller: Party
    buyer: Party
    conference: str
    starts_on: date
    ends_on: date
    order_code: str
    lines: list[Line]
    taxes: list[TaxPart]
    net: Decimal
    tax: Decimal
    total: Decimal
    location: str = ""
    note: str = ""
    # Of an invoice
    due_at: datetime | None = None
    account: Account | None = None
    # Of a receipt
    paid_on: date | None = None
    paid_by: str = ""
    # Of a credit note
    corrects: str = ""
    corrected_issued_on: date | None = None
    reason: str = ""


def dump(content: Content) -> dict[str, Any]:
    """As it is stored: amounts and dates become texts."""
    plain: dict[str, Any] = msgspec.to_builtins(content, str_keys=True)
    return plain


def load(stored: dict[str, Any]) -> Content:
    return msgspec.convert(stored, Content, strict=False)
