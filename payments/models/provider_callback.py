"""What providers told us."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments.models.payment import Payment


class ProviderCallback(models.Model):
    """An authenticated statement of a provider and what became of it."""

    class Verdict(models.TextChoices):
        APPLIED = "applied", _("Applied")
        DUPLICATE = "duplicate", _("Already known")
        WAITING = "waiting", _("Waits for the payment")
        NOTED = "noted", _("Noted")
        CONTRADICTING = "contradicting", _("Contradicts what was known")
        REFUSED = "refused", _("Refused")

    provider = models.CharField(_("provider"), max_length=30)
    event_id = models.CharField(_("event"), max_length=100)
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="callbacks", null=True
    )
    outcome = models.CharField(_("outcome"), max_length=20)
    verdict = models.CharField(_("verdict"), max_length=20, choices=Verdict)
    note = models.CharField(_("note"), max_length=200, default="", blank=True)
    received_at = models.DateTimeField(_("received"))
    occurred_at = models.DateTimeField(_("happened"), null=True)
    fact = models.JSONField(_("as understood"), default=dict)
    body = models.TextField(_("body"))

    class Meta:
        verbose_name = _("provider message")
        verbose_name_plural = _("provider messages")
        indexes = [
            models.Index(
                "payment",
                condition=Q(verdict="waiting"),
                name="provider_callback_waiting",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "event_id"],
                name="provider_callback_event_once_per_provider",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.event_id}"
