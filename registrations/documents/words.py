"""How a document writes money, numbers and days: as its language and currency do."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_interval, format_time
from babel.numbers import format_currency, format_decimal
from django.utils.translation import gettext as _
from django.utils.translation import to_locale

from registrations.documents.content import Content, Line, Party


@dataclass(frozen=True, slots=True)
class Words:
    locale: Locale
    currency: str

    @classmethod
    def of(cls, content: Content) -> "Words":
        return cls(Locale.parse(to_locale(content.language)), content.currency)

    def money(self, amount: Decimal) -> str:
        written = format_currency(amount, self.currency, locale=self.locale)
        # KWD 5.000: as the locale's rules want it, which Babel does not know.
        return re.sub(r"(?<=[A-Za-z])(?=\d)", "\N{NO-BREAK SPACE}", written)

    def amount(self, amount: Decimal) -> str:
        """Without the currency, which the head of the table says."""
        return str(
            format_currency(amount, self.currency, "#,##0.00", locale=self.locale)
        )

    def percent(self, rate: Decimal | None) -> str:
        if rate is None:
            return "-"
        return f"{format_decimal(rate, '0.###', locale=self.locale)} %"

    def day(self, day: date) -> str:
        return str(format_date(day, "long", locale=self.locale))

    def days(self, first: date, last: date) -> str:
        return str(format_interval(first, last, "yMMMMd", locale=self.locale))

    def moment(self, moment: datetime, zone: str) -> str:
        local = moment.astimezone(ZoneInfo(zone))
        time = format_time(local, "short", tzinfo=local.tzinfo, locale=self.locale)
        place = zone.replace("_", " ")
        return f"{self.day(local.date())}, {time} ({place})"

    def country(self, code: str) -> str:
        return str(self.locale.territories.get(code, code))


def address(party: Party, words: Words) -> list[str]:
    """Line by line, as the post wants it."""
    city = f"{party.postcode} {party.city}".strip()
    country = words.country(party.country) if party.country else ""
    return _given(party.name, party.person, party.street, city, country)


def sender(party: Party) -> str:
    """In one line, above the buyer's address."""
    city = f"{party.postcode} {party.city}".strip()
    return " · ".join(_given(party.name, party.street, city))


def imprint(party: Party, words: Words) -> list[str]:
    """At the foot of each page: who sells."""
    parts = [" · ".join(address(party, words))]
    tax_id = _("Tax number: %s") % party.tax_id if party.tax_id else ""
    return [*parts, *_given(" · ".join(_given(tax_id, party.email)))]


def title(content: Content) -> str:
    titles = {
        "invoice": _("Invoice"),
        "credit_note": _("Credit note"),
        "receipt": _("Receipt"),
    }
    return f"{titles[content.kind]} {content.label}"


def facts(content: Content, words: Words) -> list[tuple[str, str]]:
    """What identifies the document and what it is about, as pairs."""
    pairs = [
        (_("Date"), words.day(content.issued_on)),
        (_("Order"), content.order_code),
        (_("Date of supply"), words.days(content.starts_on, content.ends_on)),
    ]
    if content.corrects and content.corrected_issued_on:
        pairs.append((_("Corrects"), content.corrects))
        pairs.append((_("Issued on"), words.day(content.corrected_issued_on)))
    if content.buyer.tax_id:
        pairs.append((_("Your tax number"), content.buyer.tax_id))
    return pairs


def price_heading(lines: Iterable[Line]) -> str:
    """Says whether prices include the tax, where all do or none does."""
    kinds = {line.unit_price_includes_tax for line in lines if line.tax}
    if not kinds:
        return _("Price")
    if kinds == {True}:
        return _("Price with tax")
    return _("Price without tax") if kinds == {False} else _("Price*")


def price_note(lines: Iterable[Line]) -> str:
    """Where prices with and without tax stand in one table."""
    kinds = {line.unit_price_includes_tax for line in lines if line.tax}
    return _("* With or without tax, as each is sold.") if len(kinds) > 1 else ""


def total_heading(content: Content) -> str:
    return {
        "invoice": _("Total to be paid"),
        "credit_note": _("Total credited"),
        "receipt": _("Total paid"),
    }[content.kind]


def closing(content: Content, words: Words) -> list[str]:
    """What is to be done, or was: the sentences below the totals."""
    sentences = []
    if content.due_at:
        until = words.moment(content.due_at, content.time_zone)
        sentences.append(_("Please pay until %s.") % until)
    if content.paid_on:
        sentences.append(
            _("Paid with thanks on %(day)s by: %(method)s.")
            % {"day": words.day(content.paid_on), "method": content.paid_by}
        )
    if content.corrects:
        sentences.append(_("This takes back %s or a part of it.") % content.corrects)
    if content.reason:
        sentences.append(f"{content.reason.rstrip('.')}.")
    return sentences


def _given(*parts: str) -> list[str]:
    return [part for part in parts if part]
