"""Whom an order's documents are made out to, where not to the registrant alone."""

from dataclasses import dataclass, fields
from functools import cache
from typing import Self

from babel.core import Locale

LONGEST = {
    "company": 150,
    "street": 150,
    "postcode": 20,
    "city": 100,
    "country": 2,
    "tax_id": 40,
}
# Not every country has postcodes, and not everybody a company or a tax number.
NEEDED = {
    "street": "Enter the street and number.",
    "city": "Enter the city.",
    "country": "Choose the country.",
}


class InvalidBillingAddress(ValueError):
    """A part of the address is missing or not usable; `field` says which."""

    code = "invalid-billing-address"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingAddress:
    """Build it with `of`, which checks. The country is an ISO 3166 code."""

    company: str
    street: str
    postcode: str
    city: str
    country: str
    tax_id: str

    @classmethod
    def of(cls, **typed: str) -> Self | None:
        """The address, or None where nothing was typed. Raises
        InvalidBillingAddress."""
        address = cls(**{name: typed.get(name, "").strip() for name in LONGEST})
        if not any(getattr(address, field.name) for field in fields(cls)):
            return None
        for name, longest in LONGEST.items():
            address._check(name, longest)
        return address

    def _check(self, name: str, longest: int) -> None:
        value = getattr(self, name)
        if name in NEEDED and not value:
            raise InvalidBillingAddress(name, NEEDED[name])
        if name == "country" and value not in countries():
            raise InvalidBillingAddress(
                name, "Choose a country, or use an ISO 3166 code such as DE."
            )
        if len(value) > longest:
            raise InvalidBillingAddress(name, f"Use up to {longest} characters.")
        if not value.isprintable():
            raise InvalidBillingAddress(name, "Use one line without special signs.")


@cache
def countries() -> frozenset[str]:
    """ISO 3166 codes of two letters (and Kosovo's), without what is no country."""
    regions = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
    no_countries = regions | {"AC", "CP", "CQ", "DG", "EA", "IC", "TA"}
    known = {str(code) for code in Locale("en").territories}
    return frozenset(
        code for code in known - no_countries if code.isalpha() and len(code) == 2
    )
