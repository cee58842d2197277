"""Order codes as payers write them: small, in groups, with O for Q and l for 1."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import product

LENGTH = 6
ALPHABET = frozenset("ABCDEFGHJKMNPQRSTUVWXYZ123456789")
# No code has these four: whoever writes one has misread what it looks like.
_MISREAD = {"I": "1", "L": "1", "O": "QD", "0": "QD"}
_RUN = re.compile(r"[^\W_]+")


def codes_in(text: str) -> set[str]:
    """Every code that the words of a text may be read as, standing by itself.

    A code may be parted by blanks and signs, as banks break lines anywhere; it begins
    where a word begins and ends where one ends.
    """
    return {
        code
        for word in _words(text, LENGTH)
        if len(word) == LENGTH
        for code in readings(word)
    }


def hidden_codes_in(text: str) -> set[str]:
    """The same for codes with other signs right before or behind them."""
    return {
        code
        for run in _runs(text)
        for at in range(len(run) - LENGTH + 1)
        for code in readings(run[at : at + LENGTH])
    }


def slips_in(text: str) -> set[str]:
    """What the words of a text share with codes that are one slip away from them.

    See `slips_of`: one sign differs, is missing or too much, or two were exchanged.
    """
    found: set[str] = set()
    for word in _words(text, LENGTH + 1):
        match len(word) - LENGTH:
            case -1:
                found.add(word.translate(_AS_ONE))
            case 0:
                found.update(_differing(word.translate(_AS_ONE)))
            case 1:
                found.update(_without_one(word.translate(_AS_ONE)))
    return found


def slips_of(code: str) -> set[str]:
    """What the words that are one slip away from this code share with it."""
    return {code, *_differing(code), *_without_one(code)}


def _differing(word: str) -> Iterator[str]:
    for at in range(len(word)):
        yield f"{word[:at]}?{word[at + 1 :]}"
        # Sorted, so that both orders of two neighbours are the same.
        pair = "".join(sorted(word[at : at + 2]))
        yield f"{word[:at]}[{pair}]{word[at + 2 :]}"


def _without_one(word: str) -> Iterator[str]:
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


def readings(word: str) -> list[str]:
    """The codes that a word of six signs may stand for; none if a sign cannot be."""
    options = [_MISREAD.get(sign, sign) for sign in word]
    if any(len(option) == 1 and option not in ALPHABET for option in options):
        return []
    return ["".join(signs) for signs in product(*options)]


# For slips one reading is enough.
_AS_ONE = str.maketrans({"I": "1", "L": "1", "O": "Q", "0": "Q"})


def _runs(text: str) -> list[str]:
    return _RUN.findall(unicodedata.normalize("NFKC", text).upper())


def _words(text: str, longest: int) -> Iterator[str]:
    """Runs of signs, and neighbours put together."""
    runs = _runs(text)
    for first in range(len(runs)):
        word = ""
        for run in runs[first : first + longest]:
            word += run
            if len(word) > longest:
                break
            yield word
