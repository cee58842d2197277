"""A bank statement that an organizer imported."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7


class BankStatement(models.Model):
    """One file. Its transfers wait until somebody has looked at it and confirms."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization_id = models.UUIDField(_("organization"))
    file_name = models.CharField(_("file"), max_length=255)
    digest = models.CharField(_("digest"), max_length=64)
    account = models.CharField(_("account"), max_length=40, default="", blank=True)
    entries = models.PositiveIntegerField(_("entries"))
    left_out = models.PositiveIntegerField(_("outgoing, left out"))
    known_before = models.PositiveIntegerField(_("known before"))
    imported_by = models.CharField(_("imported by"), max_length=150)
    imported_at = models.DateTimeField(_("imported"))
    confirmed_by = models.CharField(
        _("confirmed by"), max_length=150, default="", blank=True
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)

    class Meta:
        verbose_name = _("bank statement")
        verbose_name_plural = _("bank statements")
        indexes = [
            models.Index(
                "organization_id", "imported_at", name="bank_statement_organization"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "digest"],
                name="bank_statement_file_once_per_organization",
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None
