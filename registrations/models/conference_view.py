"""Read model: conferences, their seat types and how many seats are left."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class ConferenceView(models.Model):
    id = models.UUIDField(primary_key=True)
    organization_id = models.UUIDField()
    slug = models.CharField(max_length=80)
    name = models.CharField(max_length=200)
    tagline = models.CharField(max_length=300)
    description = models.TextField()
    location = models.CharField(max_length=300)
    time_zone = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    starts_on = models.DateField()
    ends_on = models.DateField()
    hold_minutes = models.PositiveSmallIntegerField()
    seat_assignment_until = models.DateTimeField(null=True)
    cancellation_until = models.DateTimeField(null=True)
    tax_name = models.CharField(max_length=40)
    tax_rate = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    replacement_url = models.CharField(max_length=500)
    contact_email = models.CharField(max_length=254, default="")
    payment_instructions = models.TextField(default="")
    account_holder = models.CharField(max_length=70, default="")
    iban = models.CharField(max_length=34, default="")
    bic = models.CharField(max_length=11, default="")
    cancellation_tiers = models.JSONField(default=list)
    is_published = models.BooleanField(default=False)
    was_published = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("conference's seats")
        verbose_name_plural = _("seats by conference")
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="conference_view_slug_once")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def starts_at(self) -> datetime:
        """The first minute of the first day, in the conference's zone."""
        local = datetime.combine(self.starts_on, time(), tzinfo=self.zone)
        return local.astimezone(UTC)

    @property
    def ends_at(self) -> datetime:
        """The end of the last day, in the conference's zone."""
        after = self.ends_on + timedelta(days=1)
        local = datetime.combine(after, time(), tzinfo=self.zone)
        return local.astimezone(UTC)

    @property
    def assignment_ends_at(self) -> datetime:
        return self.seat_assignment_until or self.starts_at

    @property
    def cancellation_ends_at(self) -> datetime:
        return self.cancellation_until or self.starts_at


class SeatTypeView(models.Model):
    """One seat type; quota = remaining + held + sold.

    `ceiling` is the quota, or what was taken already when the organizer cut the quota
    below it, or more where an organizer confirmed an order over the quota. The
    constraint on it is the last line of defence against overselling and holds by
    itself.
    """

    id = models.UUIDField(primary_key=True)
    conference = models.ForeignKey(
        ConferenceView,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="seat_types",
    )
    name = models.CharField(max_length=70)
    description = models.CharField(max_length=250)
    price = models.DecimalField(max_digits=12, decimal_places=3)
    price_includes_tax = models.BooleanField()
    max_per_order = models.PositiveIntegerField()
    on_sale_from = models.DateTimeField(null=True)
    on_sale_until = models.DateTimeField(null=True)
    is_closed = models.BooleanField()
    position = models.IntegerField()
    quota = models.IntegerField(default=0)
    held = models.IntegerField(default=0)
    sold = models.IntegerField(default=0)
    ceiling = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ceiling__gte=F("held") + F("sold")),
                name="seat_type_view_never_oversold",
            ),
            models.CheckConstraint(
                condition=Q(held__gte=0, sold__gte=0),
                name="seat_type_view_counts_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def remaining(self) -> int:
        return self.quota - self.held - self.sold

    @property
    def oversold(self) -> int:
        """How many more are taken than the organizer offers now."""
        return max(-self.remaining, 0)


class SeatReservation(models.Model):
    """Seats of one type held for one order."""

    id = models.UUIDField(primary_key=True)
    order_id = models.UUIDField()
    conference_id = models.UUIDField()
    seat_type_id = models.UUIDField()
    quantity = models.PositiveIntegerField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["order_id"], name="seat_reservation_order"),
            models.Index(
                fields=["conference_id", "expires_at"], name="seat_reservation_ends"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} held for {self.order_id}"
