"""Amounts as banks of different countries write them: 1.234,56 and 1,234.56."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import get_currency_precision

from payments.bank.entries import is_keepable

_CURRENCY = re.compile(r"[€$£]|[A-Z]{3}")
# Groups of three may also be parted by a blank or an apostrophe, straight or curly.
_BLANK_GROUP = re.compile(r"(?<=\d)[\s'\u2019](?=\d{3}(?!\d))")
_NUMBER = re.compile(
    r"(?P<sign>[+-]?)\s*(?P<digits>\d+(?:[.,]\d+)*)\s*(?P<after>[+-]?)", re.ASCII
)


class NoAmount(ValueError):
    """Not written as an amount, or in a way that could be read in two."""


@dataclass(frozen=True)
class Written:
    """An amount taken apart; `decimal` and `grouping` are the signs it uses."""

    value: Decimal
    decimal: str = ""
    grouping: str = ""


def amount(text: str, currency: str) -> Decimal:
    return written(text, currency).value


def written(text: str, currency: str) -> Written:
    """Raises NoAmount. Which sign is which follows from the currency's places.

    No bank prints three places of euros, so that 1.234 euros are 1234; and a dinar
    always has its three, so that 1.234 dinars are a little more than one.
    """
    bare = _CURRENCY.sub("", text.upper()).replace("\u2212", "-").strip()
    parts = _NUMBER.fullmatch(_BLANK_GROUP.sub("", bare))
    if parts is None or (parts["sign"] and parts["after"]):
        raise NoAmount(text)
    whole, fraction, decimal = _split(parts["digits"], currency)
    grouping = _grouping(whole)
    digits = re.sub(r"[.,]", "", whole)
    value = Decimal(f"{digits}.{fraction}" if fraction else digits)
    if not is_keepable(value):
        raise NoAmount(text)
    is_negative = "-" in (parts["sign"], parts["after"])
    return Written(-value if is_negative else value, decimal, grouping)


def _split(digits: str, currency: str) -> tuple[str, str, str]:
    """Before the decimal sign, after it, and the sign; the last of two kinds is it."""
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return digits, "", ""
    sign, fraction = digits[last], digits[last + 1 :]
    is_only_one = digits.count(sign) == 1
    has_other = len({sign} | (set(digits) & {".", ","})) > 1
    if not is_only_one or (
        len(fraction) == 3 and not has_other and _places(currency) != 3
    ):
        return digits, "", ""
    return digits[:last], fraction, sign


def _grouping(whole: str) -> str:
    signs = set(whole) & {".", ","}
    if not signs:
        return ""
    groups = re.split(r"[.,]", whole)
    first, others = groups[0], groups[1:]
    # 0.500 is no five hundred.
    is_first = len(first) <= 3 and not first.startswith("0")
    if len(signs) > 1 or not is_first or any(len(group) != 3 for group in others):
        raise NoAmount(whole)
    return signs.pop()


def _places(currency: str) -> int:
    return get_currency_precision(currency)


def contradicting(found: Iterable[tuple[int, Written]]) -> int | None:
    """The first place where a sign means something else than before in this file."""
    meanings: Mapping[str, set[str]] = {".": set(), ",": set()}
    for place, one in found:
        for sign, meaning in ((one.decimal, "decimal"), (one.grouping, "grouping")):
            if not sign:
                continue
            meanings[sign].add(meaning)
            if len(meanings[sign]) > 1:
                return place
    return None
