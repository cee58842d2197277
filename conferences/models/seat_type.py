"""A right of admission with price and quota."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import (
    MaxValueValidator,
    MinLengthValidator,
    MinValueValidator,
)
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from conferences.models.conference import Conference
from conferences.validators import currency_places, fits_minor_unit

HIGHEST_PRICE = Decimal(50_000)
HIGHEST_QUOTA = 100_000


class SeatType(models.Model):
    """A right of admission with price and quota."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    conference = models.ForeignKey(
        Conference,
        on_delete=models.CASCADE,
        related_name="seat_types",
        verbose_name=_("conference"),
    )
    name = models.CharField(
        _("name"), max_length=70, validators=[MinLengthValidator(2)]
    )
    description = models.CharField(_("description"), max_length=250, blank=True)
    price = models.DecimalField(
        _("price"),
        max_digits=12,
        decimal_places=3,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(HIGHEST_PRICE)],
        help_text=_("0 means free of charge."),
    )
    price_includes_tax = models.BooleanField(_("price includes tax"), default=True)
    quota = models.PositiveIntegerField(
        _("quota"), validators=[MaxValueValidator(HIGHEST_QUOTA)]
    )
    max_per_order = models.PositiveIntegerField(
        _("max per order"),
        default=20,
        validators=[MinValueValidator(1), MaxValueValidator(HIGHEST_QUOTA)],
    )
    on_sale_from = models.DateTimeField(_("on sale from"), null=True, blank=True)
    on_sale_until = models.DateTimeField(_("on sale until"), null=True, blank=True)
    is_closed = models.BooleanField(_("closed"), default=False)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("seat type")
        verbose_name_plural = _("seat types")
        constraints = [
            models.UniqueConstraint(
                "conference",
                Lower("name"),
                name="seat_type_name_once_per_conference",
                violation_error_message=_(
                    "Another seat type of this conference has this name."
                ),
            ),
            models.CheckConstraint(
                condition=Q(name__regex=r"^.{2,70}$"),
                name="seat_type_name_2_to_70_characters",
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0, price__lte=HIGHEST_PRICE),
                name="seat_type_price_0_to_50000",
            ),
            models.CheckConstraint(
                condition=Q(quota__lte=HIGHEST_QUOTA),
                name="seat_type_quota_at_most_100000",
            ),
            models.CheckConstraint(
                condition=Q(max_per_order__gte=1, max_per_order__lte=HIGHEST_QUOTA),
                name="seat_type_max_per_order_at_least_1",
            ),
            models.CheckConstraint(
                condition=Q(on_sale_from__isnull=True)
                | Q(on_sale_until__isnull=True)
                | Q(on_sale_until__gt=F("on_sale_from")),
                name="seat_type_sale_ends_after_it_starts",
                violation_error_message=_("The sale ends before it starts."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        start, end = self.on_sale_from, self.on_sale_until
        if start and end and end <= start:
            raise ValidationError(
                {"on_sale_until": _("The sale ends before it starts.")}
            )
        currency = self.conference.currency
        if self.price is not None and not fits_minor_unit(self.price, currency):
            raise ValidationError({"price": wrong_places_message(currency)})


def wrong_places_message(currency: str) -> Any:
    places = currency_places(currency)
    if places == 0:
        return _("%s has no decimal places: give a whole number.") % currency
    return _("%(currency)s has %(places)d decimal places: round the price.") % {
        "currency": currency,
        "places": places,
    }
