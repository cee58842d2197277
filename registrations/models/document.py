"""Invoices, credit notes and receipts: numbered without gaps, never changed."""

from decimal import Decimal
from hashlib import sha256

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from eventstore.serialization import canonical
from registrations.domain.values import Money


class DocumentKind(models.TextChoices):
    INVOICE = "invoice", _("Invoice")
    CREDIT_NOTE = "credit_note", _("Credit note")
    RECEIPT = "receipt", _("Receipt")


class DocumentSeries(models.Model):
    """The last number that an organization has given to one kind of documents."""

    organization_id = models.UUIDField()
    kind = models.CharField(max_length=12, choices=DocumentKind.choices)
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "kind"], name="document_series_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.last}"


class Document(models.Model):
    """What was issued, word for word.

    `content` is everything that is printed; its digest says that nobody changed it. The
    PDF is made of it after the commit and stored once. The database refuses every other
    change: a mistake is corrected by a credit note.
    """

    Kind = DocumentKind

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization_id = models.UUIDField()
    conference_id = models.UUIDField()
    order_id = models.UUIDField()
    payment_id = models.UUIDField(null=True)
    refund_id = models.UUIDField(null=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    series = models.CharField(max_length=4)
    number = models.PositiveIntegerField()
    label = models.CharField(_("number"), max_length=20)
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="corrections"
    )
    # Why it was issued: the same cause again gives the same document.
    cause = models.CharField(max_length=80)
    issued_at = models.DateTimeField(_("issued"))
    issued_on = models.DateField(_("date"))
    currency = models.CharField(max_length=3)
    total = models.DecimalField(max_digits=14, decimal_places=3)
    net = models.DecimalField(max_digits=14, decimal_places=3)
    tax = models.DecimalField(max_digits=14, decimal_places=3)
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    pdf = models.BinaryField(null=True)
    pdf_digest = models.CharField(max_length=64, default="")

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        indexes = [
            models.Index(fields=["order_id", "issued_at"], name="document_of_order"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "kind", "number"],
                name="document_number_once",
            ),
            models.UniqueConstraint(
                fields=["kind", "cause"], name="document_once_per_cause"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1), name="document_number_from_one"
            ),
            models.CheckConstraint(
                condition=Q(
                    total__gt=0, net__gte=0, tax__gte=0, total=F("net") + F("tax")
                ),
                name="document_total_is_net_and_tax",
            ),
            models.CheckConstraint(
                condition=Q(kind="credit_note", corrects__isnull=False)
                | Q(kind__in=["invoice", "receipt"], corrects__isnull=True),
                name="document_credit_note_corrects_one",
            ),
            models.CheckConstraint(
                condition=Q(pdf__isnull=True, pdf_digest="")
                | Q(pdf__isnull=False) & ~Q(pdf_digest=""),
                name="document_pdf_has_digest",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def total_money(self) -> Money:
        return self.money_of(self.total)

    def money_of(self, amount: Decimal) -> Money:
        return Money.of(Decimal(amount), self.currency)

    @property
    def file_name(self) -> str:
        return f"{self.label}.pdf"


def digest_of(content: object) -> str:
    """SHA-256 over the content, in the one way in which JSON can be written."""
    return sha256(canonical(content)).hexdigest()
