"""A statement as it was uploaded, in whatever format."""

from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _

from payments.bank import camt053, statement_csv
from payments.bank.entries import StatementEntry, StatementInvalid, numbered

MOST_BYTES = 5 * 1024 * 1024
MOST_ENTRIES = 20_000
_OTHERS = {
    b"PK\x03\x04": "ZIP",
    b"%PDF": "PDF",
    b"\x1f\x8b": "GZIP",
    b"\xd0\xcf\x11\xe0": "Excel",
}


@dataclass(frozen=True, kw_only=True)
class Statement:
    entries: tuple[StatementEntry, ...]
    left_out: int

    @property
    def account(self) -> str:
        """Whose it is, where all of it is of one account."""
        accounts = {entry.account for entry in self.entries}
        return accounts.pop() if len(accounts) == 1 else ""


def read(content: bytes, *, account: str = "", currency: str = "") -> Statement:
    """What came in and what was reversed. Raises StatementInvalid."""
    if len(content) > MOST_BYTES:
        raise StatementInvalid(
            _("The file has more than 5 MB. Export fewer days at a time.")
        )
    for mark, name in _OTHERS.items():
        if content.startswith(mark):
            raise StatementInvalid(_not_readable(name))
    if _is_xml(content):
        found = camt053.read(content)
    else:
        found = statement_csv.read(content, account=account, currency=currency)
    entries = numbered(islice(found, MOST_ENTRIES + 1))
    if len(entries) > MOST_ENTRIES:
        message = _("The file has more than %d entries. Export fewer days at a time.")
        raise StatementInvalid(message % MOST_ENTRIES)
    if not entries:
        raise StatementInvalid(_("The file has no booked entries."))
    kept = tuple(entry for entry in entries if not entry.is_left_out)
    return Statement(entries=kept, left_out=len(entries) - len(kept))


def _is_xml(content: bytes) -> bool:
    start = content[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    # UTF-16 begins with a mark of two bytes.
    return start.startswith(b"<") or content[:4] in {b"\xff\xfe<\0", b"\xfe\xff\0<"}


def _not_readable(name: str) -> str:
    if name in {"ZIP", "GZIP"}:
        return _("This is a packed file. Unpack it and choose the statement in it.")
    return _("This is a %s file. Export the statement as CAMT.053 or CSV.") % name
