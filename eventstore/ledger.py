"""Signed lines outside the database: a restored backup cannot take them back."""

import fcntl
import os
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from cryptography.exceptions import InvalidSignature
from django.conf import settings

from eventstore.keys import signing_key
from eventstore.serialization import canonical

T = TypeVar("T")


class LedgerBroken(Exception):
    """A line of the ledger was changed, removed or not written by us."""


class Ledger:
    """A file of JSON lines below EVENT_LEDGER; each vouches for the one before."""

    def __init__(self, name: str) -> None:
        self.path = Path(settings.EVENT_LEDGER) / f"{name}.jsonl"

    def append(self, entry: dict[str, Any]) -> dict[str, Any]:
        """Sign an entry and keep it; on the disk when this returns."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            written = file.read().splitlines()
            previous = msgspec.json.decode(written[-1])["signature"] if written else ""
            entry = entry | {"previous": previous}
            entry["signature"] = signing_key().sign(canonical(entry)).hex()
            file.write(canonical(entry) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        return entry

    def entries(self) -> list[dict[str, Any]]:
        """Every entry, oldest first. Raises LedgerBroken naming the line."""
        if not self.path.exists():
            return []
        verified, previous = [], ""
        for number, line in enumerate(self.path.read_bytes().splitlines(), 1):
            try:
                entry = msgspec.json.decode(line)
                signature = bytes.fromhex(entry.pop("signature"))
                signing_key().public_key().verify(signature, canonical(entry))
            except (msgspec.DecodeError, ValueError, KeyError, InvalidSignature):
                raise LedgerBroken(
                    f"{self.path.name}: line {number} is not ours."
                ) from None
            if entry["previous"] != previous:
                raise LedgerBroken(f"{self.path.name}: a line before {number} is gone.")
            previous = signature.hex()
            verified.append(entry)
        return verified
