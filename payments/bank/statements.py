"""Taking statements in: what is new of them waits until somebody confirms."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from payments.bank import reading, texts
from payments.bank.entries import StatementEntry
from payments.errors import PaymentError
from payments.models import BankStatement, BankTransfer

logger = logging.getLogger(__name__)

AT_ONCE = 500


class StatementNotWaiting(PaymentError):
    """It was confirmed or thrown away already."""

    code = "statement-not-waiting"


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file as an organizer gave it, and what he says of it."""

    organization_id: UUID
    file_name: str
    content: bytes
    account: str = ""
    currency: str = ""


@transaction.atomic
def take_in(upload: Upload, *, by: str, now: datetime) -> BankStatement:
    """Keep what is not known yet. Raises StatementInvalid.

    The same file again is the same statement. Of one that overlaps with others, what
    waits in a statement that nobody confirmed comes along; the rest stays theirs.
    """
    read = reading.read(
        upload.content,
        account=texts.account(upload.account),
        currency=upload.currency.strip().upper(),
    )
    statement = BankStatement(
        organization_id=upload.organization_id,
        file_name=texts.line(upload.file_name, 255) or _("Statement"),
        digest=sha256(upload.content).hexdigest(),
        account=read.account,
        entries=len(read.entries),
        left_out=read.left_out,
        known_before=0,
        imported_by=by,
        imported_at=now,
    )
    # The database decides between two who import the same file at once.
    BankStatement.objects.bulk_create([statement], ignore_conflicts=True)
    same = BankStatement.objects.select_for_update().get(
        organization_id=upload.organization_id, digest=statement.digest
    )
    if same.pk == statement.pk:
        _keep(same, read.entries)
    return same


def _keep(statement: BankStatement, entries: Iterable[StatementEntry]) -> None:
    # In one order, so that two overlapping imports wait for each other and not both.
    rows = sorted((_row(statement, entry) for entry in entries), key=_identity)
    BankTransfer.objects.bulk_create(rows, AT_ONCE, ignore_conflicts=True)
    # Whoever confirms one of them, or takes from it too, comes before us or after us.
    unconfirmed = BankStatement.objects.select_for_update().filter(
        organization_id=statement.organization_id, confirmed_at__isnull=True
    )
    others = [other.pk for other in unconfirmed.order_by("pk")]
    keys = [row.key for row in rows]
    for first in range(0, len(keys), AT_ONCE):
        BankTransfer.objects.filter(
            organization_id=statement.organization_id,
            account__in={row.account for row in rows},
            key__in=keys[first : first + AT_ONCE],
            status=BankTransfer.Status.WAITING,
            statement__in=others,
        ).update(statement=statement)
    known = len(rows) - statement.transfers.count()
    BankStatement.objects.filter(pk=statement.pk).update(known_before=known)
    statement.known_before = known
    logger.info("Statement %s: %d rows, %d known", statement.pk, len(rows), known)


def _identity(row: BankTransfer) -> tuple[str, str]:
    return row.account, row.key


def _row(statement: BankStatement, entry: StatementEntry) -> BankTransfer:
    return BankTransfer(
        organization_id=statement.organization_id,
        statement=statement,
        account=entry.account,
        key=entry.key,
        booked_on=entry.booked_on,
        amount=entry.amount,
        currency=entry.currency,
        purpose=entry.purpose,
        payer_name=entry.payer_name,
        payer_iban=entry.payer_iban,
        end_to_end=entry.end_to_end,
        bank_reference=entry.bank_reference,
        is_reversal=entry.is_reversal,
    )


@transaction.atomic
def confirm(statement_id: UUID, *, by: str, now: datetime) -> None:
    """From now on its transfers are decided about. Repeatable."""
    BankStatement.objects.filter(pk=statement_id, confirmed_at__isnull=True).update(
        confirmed_by=by, confirmed_at=now
    )


@transaction.atomic
def throw_away(statement_id: UUID) -> None:
    """Forget a statement that nobody confirmed. Raises StatementNotWaiting."""
    waiting = BankStatement.objects.select_for_update().filter(
        pk=statement_id, confirmed_at__isnull=True
    )
    if not waiting:
        raise StatementNotWaiting(_("This statement was confirmed already."))
    BankTransfer.objects.filter(statement_id=statement_id).delete()
    waiting.delete()
