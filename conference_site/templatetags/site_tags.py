"""How money, dates, times and states are written on every page."""

from datetime import date, datetime
from decimal import Decimal
from typing import Protocol
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_interval, format_time
from babel.numbers import format_currency, format_decimal
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, to_locale

register = template.Library()

ORDER_STATUS = {
    "partially_reserved": (gettext_lazy("Not all seats reserved"), "warn"),
    "nothing_reserved": (gettext_lazy("No seats reserved"), "warn"),
    "reserved": (gettext_lazy("Reserved, not paid yet"), "warn"),
    "confirmed": (gettext_lazy("Confirmed"), "good"),
    "expired": (gettext_lazy("Expired"), "bad"),
    "cancelled": (gettext_lazy("Cancelled"), "bad"),
}
PAYMENT_STATUS = {
    "initiated": (gettext_lazy("Waiting for the payment"), "warn"),
    "completed": (gettext_lazy("Paid"), "good"),
    "rejected": (gettext_lazy("Refused"), "bad"),
    "not_paid": (gettext_lazy("Not paid"), "plain"),
    "refunded": (gettext_lazy("Refunded"), "plain"),
    "partially_refunded": (gettext_lazy("Partly refunded"), "plain"),
}


class Amount(Protocol):
    """Money as every part of the site passes it around."""

    @property
    def amount(self) -> Decimal: ...

    @property
    def currency(self) -> str: ...


def _locale() -> Locale:
    try:
        return Locale.parse(to_locale(get_language() or "en"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


@register.filter
def money(value: Amount | None) -> str:
    if value is None:
        return ""
    return str(format_currency(value.amount, value.currency, locale=_locale()))


@register.filter
def in_currency(amount: Decimal | None, currency: str) -> str:
    """Like money, for rows that keep amount and currency in two columns."""
    if amount is None:
        return ""
    return str(format_currency(amount, currency, locale=_locale()))


@register.filter
def percent(rate: Decimal | None) -> str:
    if rate is None:
        return ""
    # The space does not break: the sign is never alone at the start of a line.
    return f"{format_decimal(rate, '0.###', locale=_locale())}\N{NO-BREAK SPACE}%"


@register.simple_tag
def date_range(first: date, last: date) -> str:
    """May 2 - 12, 2012: nothing said twice."""
    return str(format_interval(first, last, "yMMMMd", locale=_locale()))


@register.filter
def long_date(day: date) -> str:
    return str(format_date(day, "long", locale=_locale()))


@register.filter
def readable_zone(name: str) -> str:
    """America/Los Angeles, as people read it."""
    return name.replace("_", " ")


@register.simple_tag
def zoned_time(moment: datetime | None, zone: str) -> SafeString | str:
    """The time of day in this zone, with the zone's name, readable by machines too."""
    return _time_element(moment, zone, with_date=False)


@register.simple_tag
def zoned_datetime(moment: datetime | None, zone: str) -> SafeString | str:
    return _time_element(moment, zone, with_date=True)


@register.simple_tag
def plain_datetime(moment: datetime | None, zone: str) -> str:
    """The same for texts without markup."""
    if moment is None:
        return ""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{_moment_text(local, with_date=True)} {_zone_name(local, zone)}"


def _time_element(
    moment: datetime | None, zone: str, *, with_date: bool
) -> SafeString | str:
    if moment is None:
        return ""
    local = moment.astimezone(ZoneInfo(zone))
    return format_html(
        '<time datetime="{}">{} <span class="zone">{}</span></time>',
        moment.isoformat(timespec="seconds"),
        _moment_text(local, with_date=with_date),
        _zone_name(local, zone),
    )


def _moment_text(local: datetime, *, with_date: bool) -> str:
    text = format_time(local, "short", tzinfo=local.tzinfo, locale=_locale())
    if with_date:
        text = f"{format_date(local, 'medium', locale=_locale())}, {text}"
    return str(text)


def _zone_name(local: datetime, name: str) -> str:
    """CEST (Europe/Prague); the zone alone where it has no letters of its own."""
    letters = local.tzname() or ""
    if letters.isalpha() and letters != name:
        return f"{letters} ({readable_zone(name)})"
    return readable_zone(name)


@register.inclusion_tag("components/_badge.html")
def order_status(status: str) -> dict[str, object]:
    label, kind = ORDER_STATUS.get(status, (status, "plain"))
    return {"label": label, "kind": kind}


@register.inclusion_tag("components/_badge.html")
def payment_status(status: str) -> dict[str, object]:
    label, kind = PAYMENT_STATUS.get(status, (status, "plain"))
    return {"label": label, "kind": kind}
