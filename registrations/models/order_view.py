"""Read model: orders with what was asked for, what is reserved and what it costs."""

from datetime import datetime
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from registrations.domain.billing_address import BillingAddress
from registrations.domain.values import Money

SOLD_OUT = "Sold out"
NOT_ALL = "Could not reserve all the requested seats."


class OrderView(models.Model):
    class Status(models.TextChoices):
        PARTIALLY_RESERVED = "partially_reserved", _("Partially reserved")
        RESERVED = "reserved", _("Reserved")
        CONFIRMED = "confirmed", _("Confirmed")
        EXPIRED = "expired", _("Expired")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True)
    conference_id = models.UUIDField()
    organization_id = models.UUIDField()
    code = models.CharField(max_length=6)
    status = models.CharField(max_length=20, choices=Status.choices)
    version = models.PositiveIntegerField()
    placed_at = models.DateTimeField()
    hold_expires_at = models.DateTimeField(null=True)
    first_name = models.CharField(max_length=100, default="")
    last_name = models.CharField(max_length=100, default="")
    email = models.CharField(max_length=254, default="")
    billing_company = models.CharField(max_length=150, default="")
    billing_street = models.CharField(max_length=150, default="")
    billing_postcode = models.CharField(max_length=20, default="")
    billing_city = models.CharField(max_length=100, default="")
    billing_country = models.CharField(max_length=2, default="")
    billing_tax_id = models.CharField(max_length=40, default="")
    currency = models.CharField(max_length=3, default="")
    total_amount = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    net_amount = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    tax_amount = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    # Of seats that were given back
    kept_amount = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    tax_name = models.CharField(max_length=40, default="")
    tax_rate = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    is_free = models.BooleanField(default=False)
    confirmed_at = models.DateTimeField(null=True)
    expired_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    payment_returned = models.CharField(max_length=40, default="")
    attention = models.CharField(max_length=40, default="")
    attention_note = models.TextField(default="")
    attention_payment_id = models.UUIDField(null=True)

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            models.UniqueConstraint(
                fields=["conference_id", "code"], name="order_view_code_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["organization_id", "-placed_at"], name="order_by_time"
            ),
            models.Index(fields=["conference_id", "email"], name="order_by_email"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def lines(self) -> list["OrderLineView"]:
        """In the order they were asked for; `queries.order_view` fetches them along."""
        return sorted(self.line_rows.all(), key=lambda line: line.position)

    @property
    def total(self) -> Money:
        return Money.of(Decimal(self.total_amount), self.currency)

    @property
    def kept(self) -> Money:
        return Money.of(Decimal(self.kept_amount), self.currency)

    @property
    def net_total(self) -> Money:
        return Money.of(Decimal(self.net_amount), self.currency)

    @property
    def tax_total(self) -> Money:
        return Money.of(Decimal(self.tax_amount), self.currency)

    @property
    def registrant_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def billing_address(self) -> BillingAddress | None:
        return (
            BillingAddress(
                company=self.billing_company,
                street=self.billing_street,
                postcode=self.billing_postcode,
                city=self.billing_city,
                country=self.billing_country,
                tax_id=self.billing_tax_id,
            )
            if self.billing_country
            else None
        )

    def status_at(self, now: datetime) -> str:
        """An ended hold has expired the order, whether or not a worker came by."""
        ended = self.hold_expires_at is not None and now >= self.hold_expires_at
        return str(self.Status.EXPIRED if self.is_open and ended else self.status)

    @property
    def is_open(self) -> bool:
        return self.status in {self.Status.PARTIALLY_RESERVED, self.Status.RESERVED}


class OrderLineView(models.Model):
    id = models.UUIDField(primary_key=True)
    order = models.ForeignKey(
        OrderView,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="line_rows",
    )
    seat_type_id = models.UUIDField()
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=70, default="")
    requested = models.PositiveIntegerField()
    reserved = models.PositiveIntegerField(default=0)
    currency = models.CharField(max_length=3, default="")
    unit_price_amount = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    net_amount = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    tax_amount = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    line_total_amount = models.DecimalField(max_digits=14, decimal_places=3, default=0)

    def __str__(self) -> str:
        return f"{self.reserved} x {self.name}"

    @property
    def unit_price(self) -> Money:
        return Money.of(Decimal(self.unit_price_amount), self.currency)

    @property
    def net(self) -> Money:
        return Money.of(Decimal(self.net_amount), self.currency)

    @property
    def tax(self) -> Money:
        return Money.of(Decimal(self.tax_amount), self.currency)

    @property
    def line_total(self) -> Money:
        return Money.of(Decimal(self.line_total_amount), self.currency)

    @property
    def message(self) -> str:
        if self.reserved >= self.requested:
            return ""
        return NOT_ALL if self.reserved else SOLD_OUT
