"""Signed lines outside the database: a restored backup cannot take them back."""

import fcntl
import os
from pathlib import Path
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from django.conf import settings

from eventstore.keys import signing_key
from eventstore.serialization import canonical

NOT_OURS = (msgspec.DecodeError, KeyError, TypeError, ValueError, InvalidSignature)


class LedgerBroken(Exception):
    """A line of the ledger was changed, removed or not written by us."""


def _whole_lines(content: bytes) -> list[bytes]:
    """Without one that a crash cut off."""
    return content.split(b"\n")[:-1]


class Ledger:
    """A file of JSON lines below EVENT_LEDGER; each vouches for the one before.

    So nothing can be changed, left out or put between. That lines at the end are gone
    cannot be seen from the file alone: copy it elsewhere, and look at its age.
    """

    def __init__(self, name: str) -> None:
        self.path = Path(settings.EVENT_LEDGER) / f"{name}.jsonl"

    def begin(self) -> None:
        """Make it, empty, where it is not: later on its absence tells of a loss."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.touch()

    def append(self, entry: dict[str, Any]) -> dict[str, Any]:
        """Sign an entry and keep it; on the disk when this returns.

        Raises LedgerBroken where the line before it is not ours.
        """
        self.begin()
        with self.path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            written = _whole_lines(file.read())
            previous = self._opened(len(written), written[-1])[1] if written else ""
            # Whoever wrote half a line died before he could rely on it.
            file.truncate(sum(len(line) + 1 for line in written))
            entry = entry | {"previous": previous}
            entry["signature"] = signing_key().sign(self._signed(entry)).hex()
            file.write(canonical(entry) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        return entry

    def entries(self) -> list[dict[str, Any]]:
        """Every entry, oldest first. Raises LedgerBroken naming the line."""
        if not self.path.exists():
            return []
        verified, previous = [], ""
        for number, line in enumerate(_whole_lines(self.path.read_bytes()), 1):
            entry, signature = self._opened(number, line)
            if entry["previous"] != previous:
                raise LedgerBroken(f"{self.path.name}: a line before {number} is gone.")
            previous = signature
            verified.append(entry)
        return verified

    def _opened(self, number: int, line: bytes) -> tuple[dict[str, Any], str]:
        """The entry in a line, and its signature."""
        try:
            entry = msgspec.json.decode(line, type=dict[str, Any])
            signature = bytes.fromhex(entry.pop("signature"))
            signing_key().public_key().verify(signature, self._signed(entry))
        except NOT_OURS:
            raise LedgerBroken(
                f"{self.path.name}: line {number} is not ours."
            ) from None
        return entry, signature.hex()

    def _signed(self, entry: dict[str, Any]) -> bytes:
        """With the name: one ledger's file is of no use in the place of another."""
        return self.path.name.encode() + canonical(entry)
