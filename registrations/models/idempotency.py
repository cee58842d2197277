"""What a repeated API request is answered with."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from eventstore.keys import keyed_hash

KEPT_FOR = timedelta(hours=48)


def digest_of(order_id: UUID) -> str:
    """Nobody finds the order by it, but we find the answers by the order."""
    return keyed_hash(order_id.bytes, b"answers").hex()


# An INSERT that fails would lose the transaction; a savepoint is two statements more.
CLAIM = """
INSERT INTO registrations_idempotentanswer
 (digest, fingerprint, claimed_at, sealed, about) VALUES (%s, %s, %s, '', '')
 ON CONFLICT DO NOTHING
"""


class IdempotentAnswers(models.QuerySet["IdempotentAnswer"]):
    def claim(self, *, digest: str, fingerprint: str, at: datetime) -> bool:
        """Insert the row of a request; False where its key has one already.

        Waits for a transaction under way that inserts the same, and sees how it ended.
        """
        with connection.cursor() as cursor:
            cursor.execute(CLAIM, [digest, fingerprint, at])
            return bool(cursor.rowcount)

    def outdated(self, now: datetime) -> Self:
        """Those that are kept no longer: their keys are free again."""
        return self.filter(claimed_at__lt=now - KEPT_FOR)

    def about(self, order_ids: Iterable[UUID]) -> Self:
        return self.filter(about__in=map(digest_of, order_ids))


class IdempotentAnswer(models.Model):
    """One Idempotency-Key of one client, with the answer its request got.

    The row, what the command wrote and the answer commit together or not at all.
    The primary key is what lets one of two simultaneous requests wait for the other.
    """

    digest = models.CharField(
        _("digest of client and key"), max_length=64, primary_key=True
    )
    fingerprint = models.CharField(_("digest of the request"), max_length=64)
    status = models.PositiveSmallIntegerField(_("HTTP status"), null=True)
    # An answer may hold an access token: without the client's key nobody can read it.
    sealed = models.BinaryField(_("encrypted answer"), default=b"")
    claimed_at = models.DateTimeField(_("claimed"))
    # So that it can be taken away when a person is erased.
    about = models.CharField(_("digest of the order"), max_length=64, default="")

    objects = IdempotentAnswers.as_manager()

    class Meta:
        verbose_name = _("idempotent answer")
        verbose_name_plural = _("idempotent answers")
        indexes = [models.Index("claimed_at", name="idempotent_answer_claimed_at")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__isnull=True) | Q(status__gte=200, status__lt=300),
                name="idempotent_answer_is_a_success",
            ),
        ]

    def __str__(self) -> str:
        return self.digest[:12]
