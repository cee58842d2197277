"""Whether a transfer names somebody: by the whole name, or by the e-mail address."""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

_WORD = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"]+@[^\s<>()\[\],;:\"]+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "o"})
# A name of one word alone fits too many.
FEWEST_WORDS = 2


@dataclass(frozen=True)
class Person:
    """Who placed an order; empty where it is not known."""

    name: str = ""
    email: str = ""


class Directory:
    """Who placed which order, to be found in what a transfer says."""

    def __init__(self) -> None:
        self._by_address: dict[str, set[UUID]] = defaultdict(set)
        # By one word of the name, with all of them: the others must be there too.
        self._by_word: dict[str, set[tuple[UUID, frozenset[str]]]] = defaultdict(set)

    def add(self, order_id: UUID, person: Person) -> None:
        if person.email:
            self._by_address[person.email.casefold()].add(order_id)
        for spelling in (_words, _plain_words):
            words = frozenset(spelling(person.name))
            if len(words) >= FEWEST_WORDS:
                self._by_word[max(words, key=lambda word: (len(word), word))].add(
                    (order_id, words)
                )

    def named_in(self, text: str) -> set[UUID]:
        found: set[UUID] = set()
        for address in _ADDRESS.findall(text.casefold()):
            found |= self._by_address.get(address.strip("."), set())
        words = _words(text) | _plain_words(text)
        for word in words:
            for order_id, name in self._by_word.get(word, ()):
                if name <= words:
                    found.add(order_id)
        return found


def _words(text: str) -> set[str]:
    """Banks write umlauts as two letters: Müller as MUELLER."""
    return set(_WORD.findall(_without_marks(text.casefold().translate(_UMLAUTS))))


def _plain_words(text: str) -> set[str]:
    """Or leave the dots away: MULLER."""
    return set(_WORD.findall(_without_marks(text.casefold())))


def _without_marks(text: str) -> str:
    split = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in split if not unicodedata.combining(sign))
