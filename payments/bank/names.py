"""Whether a transfer names somebody: by the whole name, or by the e-mail address."""

import re
import unicodedata
from dataclasses import dataclass

_WORD = re.compile(r"[^\W\d_]+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "o"})
# A name of one word alone fits too many.
FEWEST_WORDS = 2


@dataclass(frozen=True)
class Person:
    """Who placed an order; empty where it is not known."""

    name: str = ""
    email: str = ""


def is_named(person: Person, text: str) -> bool:
    if person.email and person.email.casefold() in text.casefold():
        return True
    return any(
        len(name) >= FEWEST_WORDS and name <= spelling(text)
        for spelling in (_words, _plain_words)
        if (name := spelling(person.name))
    )


def _words(text: str) -> set[str]:
    """Banks write umlauts as two letters: Müller as MUELLER."""
    return set(_WORD.findall(_without_marks(text.casefold().translate(_UMLAUTS))))


def _plain_words(text: str) -> set[str]:
    """Or leave the dots away: MULLER."""
    return set(_WORD.findall(_without_marks(text.casefold())))


def _without_marks(text: str) -> str:
    split = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in split if not unicodedata.combining(sign))
