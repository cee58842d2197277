"""What we asked of providers and what they answered."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments.models.payment import Payment
from payments.models.refund import Refund


class ProviderCall(models.Model):
    """One call to a provider. Without an answer: it was lost, or we were killed."""

    class Operation(models.TextChoices):
        START = "start", _("Ask for the payment page")
        LOOK_UP = "look_up", _("Ask what became of the payment")
        REFUND = "refund", _("Ask for the refund")
        CLOSE = "close", _("Ask to close the payment page")

    class Outcome(models.TextChoices):
        ASKED = "asked", _("No answer recorded")
        ANSWERED = "answered", _("Answered")
        REFUSED = "refused", _("Refused")
        UNAVAILABLE = "unavailable", _("Not reached, or no usable answer")

    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="provider_calls"
    )
    refund = models.ForeignKey(
        Refund, on_delete=models.PROTECT, related_name="provider_calls", null=True
    )
    provider = models.CharField(_("provider"), max_length=30)
    operation = models.CharField(_("asked"), max_length=20, choices=Operation)
    key = models.CharField(_("idempotency key"), max_length=100, default="")
    outcome = models.CharField(
        _("outcome"), max_length=20, choices=Outcome, default=Outcome.ASKED
    )
    times = models.PositiveIntegerField(
        _("times"), default=1, help_text=_("Look-ups that ended alike are counted.")
    )
    answer = models.TextField(_("answer"), default="", blank=True)
    started_at = models.DateTimeField(_("asked at"))
    ended_at = models.DateTimeField(_("answered at"), null=True)

    class Meta:
        verbose_name = _("call to a provider")
        verbose_name_plural = _("calls to providers")
        indexes = [
            models.Index(
                "started_at",
                condition=Q(operation="close") & ~Q(outcome="answered"),
                name="provider_call_to_close_again",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["payment", "outcome"],
                condition=Q(operation="look_up"),
                name="provider_call_look_ups_that_ended_alike_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.operation} {self.started_at:%Y-%m-%d %H:%M:%S}"
