"""Finding a person again in texts: in plain and in the spellings texts travel in."""

import html
import json
import re
from collections.abc import Iterable
from functools import cached_property
from typing import Self
from urllib.parse import quote, quote_plus
from uuid import UUID

from registrations.letters import seat_key

ERASED = "[erased]"
# Where a word begins and ends; %0A and \\n before it are no part of it.
BEGINS = r"(?:(?<![\w.+-])|(?<=%[0-9A-Fa-f]{2})|(?<=\\[nrt]))"
ENDS = r"(?![\w+-])(?!\.\w)"
OWN, SEATS = "order-", "seat-assignments-"


class Traces:
    """Someone, as the event store tells of them, among rows of text.

    An address gives its person away anywhere; a mere name only where the text is about
    one of their orders, for others may have it too.
    """

    def __init__(
        self, identities: Iterable[str], words: Iterable[str], streams: Iterable[str]
    ) -> None:
        self.identities, self.words = set(identities), set(words)
        streams = list(streams)
        self.own_orders = _ids(OWN, streams)
        self.orders = self.own_orders | _ids(SEATS, streams)

    @classmethod
    def of(cls, told: dict[str, list[str]]) -> Self:
        """Of what `person_erased` and `person_exported` are sent with."""
        return cls(told["identities"], told["words"], told["streams"])

    @cached_property
    def addresses(self) -> set[str]:
        """Every spelling of their addresses, keys made of them included."""
        keys = {
            seat_key(order, 0, address).rpartition("/")[2]
            for order in self.orders
            for address in self.identities
        }
        return _spellings(self.identities) | keys

    def is_in(self, text: str, *, known_to_be_about: bool = False) -> bool:
        """Whether the text tells of them."""
        if self._named.search(text):
            return True
        about = known_to_be_about or self._about(text)
        return about and bool(self._called.search(text))

    def without(self, text: str, *, known_to_be_about: bool = False) -> str:
        about = known_to_be_about or self._about(text)
        text = self._named.sub(ERASED, text)
        return self._called.sub(ERASED, text) if about else text

    def _about(self, text: str) -> bool:
        return any(str(id) in text or id.hex in text for id in self.orders)

    @cached_property
    def _named(self) -> re.Pattern[str]:
        return _any_of(self.addresses)

    @cached_property
    def _called(self) -> re.Pattern[str]:
        return _any_of(_spellings(self.words))


def _ids(prefix: str, streams: Iterable[str]) -> set[UUID]:
    return {UUID(one.removeprefix(prefix)) for one in streams if one.startswith(prefix)}


def _spellings(words: Iterable[str]) -> set[str]:
    return {
        spelling
        for word in words
        for spelling in (
            word,
            json.dumps(word)[1:-1],
            quote(word),
            quote_plus(word),
            html.escape(word),
            ascii(word)[1:-1],
        )
    }


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Whole ones only: ann@example.org is not in mary.ann@example.org.uk. Longest
    first: none is left in part."""
    longest_first = sorted(words, key=len, reverse=True)
    choice = "|".join(map(re.escape, longest_first)) or r"(?!)"
    return re.compile(rf"{BEGINS}(?:{choice}){ENDS}", re.IGNORECASE)
