"""Money that came to the organizer's account, and what it was for."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from payments import money
from payments.models.bank_statement import BankStatement
from payments.models.payment import Payment


class BankTransfer(models.Model):
    """One booked movement; the same one is kept once, however often it is imported."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waits for the import to be confirmed")
        MATCHED = "matched", _("Matched")
        NEAR_MISS = "near_miss", _("Near miss")
        DUPLICATE = "duplicate", _("Second transfer for one order")
        UNMATCHED = "unmatched", _("Unmatched")
        IGNORED = "ignored", _("Not for us")
        RETURNED = "returned", _("Sent back by hand")

    class Trouble(models.TextChoices):
        NONE = "", ""
        REVERSED = "reversed", _("Taken back or sent back by a bank")
        SEVERAL = "several", _("Fits several orders")
        DUPLICATE = "duplicate", _("The order is paid by another transfer")
        MARKED_PAID = "marked-paid", _("The order was marked paid by hand")
        LESS = "less", _("Less than asked for")
        MORE = "more", _("More than asked for")
        CURRENCY = "currency", _("Another currency than asked for")
        CODE_SLIP = "code-slip", _("The order code is not quite right")
        NO_CODE = "no-code", _("No order code, but amount and name fit")
        UNKNOWN = "unknown", _("Nothing that it could be for")

    TO_DECIDE = (Status.NEAR_MISS, Status.DUPLICATE, Status.UNMATCHED)
    DECIDED = (Status.MATCHED, Status.IGNORED, Status.RETURNED)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization_id = models.UUIDField(_("organization"))
    statement = models.ForeignKey(
        BankStatement,
        on_delete=models.PROTECT,
        related_name="transfers",
        verbose_name=_("statement"),
    )
    account = models.CharField(_("account"), max_length=40, default="", blank=True)
    # What tells it from every other movement on this account.
    key = models.CharField(_("key"), max_length=64)
    booked_on = models.DateField(_("booked"))
    # Wider than a payment: others' money stands in the same statement.
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=3)
    currency = models.CharField(_("currency"), max_length=3)
    purpose = models.TextField(_("purpose"), default="", blank=True)
    payer_name = models.CharField(_("payer"), max_length=140, default="", blank=True)
    payer_iban = models.CharField(
        _("payer's account"), max_length=40, default="", blank=True
    )
    end_to_end = models.CharField(
        _("payer's reference"), max_length=140, default="", blank=True
    )
    bank_reference = models.CharField(
        _("bank's reference"), max_length=140, default="", blank=True
    )
    is_reversal = models.BooleanField(_("reversal"), default=False)
    status = models.CharField(
        _("status"), max_length=20, choices=Status, default=Status.WAITING
    )
    trouble = models.CharField(
        _("why"), max_length=20, choices=Trouble, default=Trouble.NONE, blank=True
    )
    payment = models.ForeignKey(
        Payment,
        on_delete=models.PROTECT,
        related_name="transfers",
        null=True,
        verbose_name=_("payment"),
    )
    decided_by = models.CharField(
        _("decided by"), max_length=150, default="", blank=True
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    note = models.TextField(_("note"), default="", blank=True)

    class Meta:
        verbose_name = _("bank transfer")
        verbose_name_plural = _("bank transfers")
        indexes = [
            models.Index(
                "organization_id", "booked_on", name="bank_transfer_organization"
            ),
            models.Index(
                "organization_id",
                condition=Q(status__in=["near_miss", "duplicate", "unmatched"]),
                name="bank_transfer_to_decide",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "account", "key"],
                name="bank_transfer_once_per_account",
            ),
            models.UniqueConstraint(
                fields=["payment"], name="bank_transfer_one_per_payment"
            ),
            models.CheckConstraint(
                condition=Q(status="matched", payment__isnull=False)
                | (~Q(status="matched") & Q(payment__isnull=True)),
                name="bank_transfer_matched_has_payment",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["matched", "ignored", "returned"],
                    decided_at__isnull=False,
                )
                | (
                    ~Q(status__in=["matched", "ignored", "returned"])
                    & Q(decided_at__isnull=True)
                ),
                name="bank_transfer_decided_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(amount=0), name="bank_transfer_has_amount"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"),
                name="bank_transfer_currency_is_iso_code",
            ),
        ]

    def __str__(self) -> str:
        return f"{money.formatted(self.amount, self.currency)}, {self.booked_on}"

    @property
    def is_to_decide(self) -> bool:
        return self.status in self.TO_DECIDE
