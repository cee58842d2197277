"""What of the price an organizer keeps of seats that are given back, by time."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from conferences.models.conference import Conference
from conferences.models.seat_type import HIGHEST_PRICE, wrong_places_message
from conferences.validators import fits_minor_unit

EARLIEST = 3650


class CancellationTier(models.Model):
    """From this many days before the start on, so much of the price is kept.

    The tier with the most days that are still left counts; where there are tiers and
    none applies any more, everything is kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    conference = models.ForeignKey(
        Conference,
        on_delete=models.CASCADE,
        related_name="cancellation_tiers",
        verbose_name=_("conference"),
    )
    days_before = models.PositiveIntegerField(
        _("days before the start"),
        validators=[MaxValueValidator(EARLIEST)],
        help_text=_("At least so many whole days are left until the start."),
    )
    percent_kept = models.DecimalField(
        _("percent kept"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
        help_text=_("Of the price of the seats given back. Or a fee, not both."),
    )
    fee_per_seat = models.DecimalField(
        _("fee per seat"),
        max_digits=12,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(HIGHEST_PRICE)],
        help_text=_("Never more than what the seat cost."),
    )

    class Meta:
        verbose_name = _("cancellation tier")
        verbose_name_plural = _("cancellation tiers")
        constraints = [
            models.UniqueConstraint(
                fields=["conference", "days_before"],
                name="cancellation_tier_days_once_per_conference",
                violation_error_message=_("Another tier begins on this day."),
            ),
            models.CheckConstraint(
                condition=Q(days_before__lte=EARLIEST),
                name="cancellation_tier_days_at_most_3650",
            ),
            models.CheckConstraint(
                condition=Q(percent_kept__isnull=False, fee_per_seat__isnull=True)
                | Q(percent_kept__isnull=True, fee_per_seat__isnull=False),
                name="cancellation_tier_percent_or_fee",
                violation_error_message=_("Give a percentage or a fee, not both."),
            ),
            models.CheckConstraint(
                condition=Q(percent_kept__isnull=True)
                | Q(percent_kept__gte=0, percent_kept__lte=100),
                name="cancellation_tier_percent_0_to_100",
            ),
            models.CheckConstraint(
                condition=Q(fee_per_seat__isnull=True)
                | Q(fee_per_seat__gte=0, fee_per_seat__lte=HIGHEST_PRICE),
                name="cancellation_tier_fee_0_to_50000",
            ),
        ]

    def __str__(self) -> str:
        return str(_("%d days before the start") % self.days_before)

    def clean(self) -> None:
        if (self.percent_kept is None) == (self.fee_per_seat is None):
            raise ValidationError(
                _("Give a percentage or a fee, not both."), code="percent_or_fee"
            )
        currency = self.conference.currency
        if self.fee_per_seat is not None and not fits_minor_unit(
            self.fee_per_seat, currency
        ):
            raise ValidationError({"fee_per_seat": wrong_places_message(currency)})

    @property
    def terms(self) -> dict[str, Any]:
        """Plain values, the same for the same terms however they were typed."""
        return {
            "days_before": self.days_before,
            "percent_kept": _normal(self.percent_kept),
            "fee_per_seat": _normal(self.fee_per_seat),
        }


def _normal(number: Decimal | None) -> Decimal | None:
    """Without trailing zeros and exponent: 10, not 10.00 or 1E+1."""
    return None if number is None else Decimal(f"{number.normalize():f}")
