"""Cleaning what banks write before it is kept or looked at."""

import re

LONGEST_PURPOSE = 1000
LONGEST_NAME = 140
LONGEST_ACCOUNT = 40
LONGEST_REFERENCE = 140

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]+")


def line(text: str | None, longest: int) -> str:
    """On one line and without signs that no database keeps; cut when too long."""
    return " ".join(_CONTROLS.sub(" ", text or "").split())[:longest]


def account(text: str | None) -> str:
    """An IBAN or another number, bare and in capitals."""
    return "".join(line(text, LONGEST_ACCOUNT * 2).split()).upper()[:LONGEST_ACCOUNT]
