"""What a slug, a time zone and a currency may look like (domain rules, section 3)."""

from decimal import Decimal
from functools import cache
from zoneinfo import available_timezones

from babel.core import Locale, get_global
from babel.numbers import get_currency_precision, list_currencies
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from stdnum import bic, iban
from stdnum.exceptions import ValidationError as Unsound

validate_slug = RegexValidator(
    r"\A[A-Za-z0-9_-]+\Z",
    _("Use letters without accents, digits, hyphens and underscores only."),
    code="invalid",
)


@cache
def currencies() -> frozenset[str]:
    """ISO 4217 codes that are legal tender somewhere today: no metals, no history."""
    tender = {
        code
        for entries in get_global("territory_currencies").values()
        for code, _start, end, is_tender in entries
        if is_tender and end is None
    }
    return frozenset(tender & list_currencies())


@cache
def countries() -> frozenset[str]:
    """ISO 3166 codes of two letters (and Kosovo's), without what is no country."""
    regions = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
    no_countries = regions | {"AC", "CP", "CQ", "DG", "EA", "IC", "TA"}
    known = {str(code) for code in Locale("en").territories}
    return frozenset(
        code for code in known - no_countries if code.isalpha() and len(code) == 2
    )


def currency_places(currency: str) -> int:
    """Decimal places of the currency's minor unit: 0, 2 or 3."""
    return min(get_currency_precision(currency), 3)


def fits_minor_unit(amount: Decimal, currency: str) -> bool:
    """Whether the amount can be paid in coins of that currency (199.50 JPY cannot)."""
    return amount == round(amount, currency_places(currency))


def in_minor_unit(amount: Decimal, currency: str) -> Decimal:
    """The amount as it is written in that currency: 199.00, not 199.000."""
    return amount.quantize(Decimal(1).scaleb(-currency_places(currency)))


def validate_time_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError(
            _("“%(value)s” is no time zone. Use an IANA name such as Europe/Berlin."),
            code="invalid",
            params={"value": value},
        )


def validate_currency(value: str) -> None:
    if value not in currencies():
        raise ValidationError(
            _("“%(value)s” is no currency. Use an ISO 4217 code such as EUR."),
            code="invalid",
            params={"value": value},
        )


def validate_iban(value: str) -> None:
    """Its country, its length there and its check digits."""
    try:
        iban.validate(value)
    except Unsound as error:
        raise ValidationError(
            _("“%(value)s” is no IBAN: look for a mistyped or missing character."),
            code="invalid",
            params={"value": value},
        ) from error


def validate_bic(value: str) -> None:
    try:
        bic.validate(value)
    except Unsound as error:
        raise ValidationError(
            _("“%(value)s” is no BIC: it has 8 or 11 letters and digits."),
            code="invalid",
            params={"value": value},
        ) from error


def validate_country(value: str) -> None:
    if value not in countries():
        raise ValidationError(
            _("“%(value)s” is no country. Use an ISO 3166 code such as DE."),
            code="invalid",
            params={"value": value},
        )
