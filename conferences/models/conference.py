"""A conference as the organizer describes it."""

from decimal import Decimal
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from conferences.fields import CompactField, IbanField, WebAddressField
from conferences.models.organization import Organization
from conferences.validators import (
    validate_bic,
    validate_currency,
    validate_iban,
    validate_slug,
    validate_time_zone,
)


class Conference(models.Model):
    """What is organized. Unpublished means closed to the public."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, verbose_name=_("organization")
    )
    name = models.CharField(_("name"), max_length=150)
    slug = models.CharField(
        _("slug"),
        max_length=60,
        unique=True,
        validators=[validate_slug],
        error_messages={"unique": _("Another conference has this slug.")},
        help_text=_("Part of the web address. It cannot be changed later."),
    )
    tagline = models.CharField(_("tagline"), max_length=200, blank=True)
    description = models.TextField(_("description"), max_length=10_000, blank=True)
    location = models.CharField(_("location"), max_length=200, blank=True)
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        validators=[validate_time_zone],
        help_text=_("An IANA name such as Europe/Berlin."),
    )
    currency = models.CharField(
        _("currency"),
        max_length=3,
        validators=[validate_currency],
        help_text=_("An ISO 4217 code such as EUR; fixed once an order exists."),
    )
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    is_published = models.BooleanField(_("published"), default=False, editable=False)
    first_published_at = models.DateTimeField(
        _("first published at"), null=True, editable=False
    )
    replacement_url = WebAddressField(
        _("replacement address"),
        blank=True,
        max_length=500,
        help_text=_("Visitors are sent here while the conference is unpublished."),
    )
    contact_email = models.EmailField(
        _("contact e-mail"),
        blank=True,
        help_text=_("Where registrants can write to; shown on their pages and mails."),
    )
    payment_instructions = models.TextField(
        _("how to pay an invoice"),
        blank=True,
        max_length=1_000,
        help_text=_("Further words for who pays by invoice; shown with the account."),
    )
    account_holder = models.CharField(
        _("account holder"),
        blank=True,
        max_length=70,
        help_text=_("In whose name the account is that invoices are paid to."),
    )
    iban = IbanField(_("IBAN"), blank=True, max_length=34, validators=[validate_iban])
    bic = CompactField(
        _("BIC"),
        blank=True,
        max_length=11,
        validators=[validate_bic],
        help_text=_("Only needed for transfers from outside the SEPA countries."),
    )
    hold_minutes = models.PositiveSmallIntegerField(
        _("minutes to pay"),
        default=15,
        validators=[MinValueValidator(5), MaxValueValidator(60)],
        help_text=_("How long seats are held for an order: 5 to 60 minutes."),
    )
    seat_assignment_until = models.DateTimeField(
        _("seats can be assigned until"),
        null=True,
        blank=True,
        help_text=_("Empty: until the conference starts."),
    )
    cancellation_until = models.DateTimeField(
        _("orders can be cancelled until"),
        null=True,
        blank=True,
        help_text=_("Empty: until the conference starts."),
    )
    tax_name = models.CharField(
        _("tax name"),
        max_length=30,
        blank=True,
        help_text=_("For example VAT. Empty together with the rate: no tax."),
    )
    tax_rate = models.DecimalField(
        _("tax rate in percent"),
        max_digits=6,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )

    class Meta:
        verbose_name = _("conference")
        verbose_name_plural = _("conferences")
        constraints = [
            models.UniqueConstraint(
                Lower("slug"),
                name="conference_slug_once_in_any_case",
                violation_error_message=_("Another conference has this slug."),
            ),
            models.CheckConstraint(
                condition=Q(slug__regex=r"^[A-Za-z0-9_-]+$"),
                name="conference_slug_is_plain",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="conference_ends_not_before_start",
                violation_error_message=_("The end lies before the start."),
            ),
            models.CheckConstraint(
                condition=Q(hold_minutes__gte=5, hold_minutes__lte=60),
                name="conference_hold_minutes_5_to_60",
            ),
            models.CheckConstraint(
                condition=Q(tax_rate__gte=0, tax_rate__lte=100)
                | Q(tax_rate__isnull=True),
                name="conference_tax_rate_0_to_100",
            ),
            models.CheckConstraint(
                condition=Q(tax_rate__isnull=True, tax_name="")
                | (Q(tax_rate__isnull=False) & ~Q(tax_name="")),
                name="conference_tax_name_and_rate_together",
            ),
            models.CheckConstraint(
                condition=Q(is_published=False) | Q(first_published_at__isnull=False),
                name="conference_published_has_first_publication",
            ),
            models.CheckConstraint(
                condition=Q(iban="") | ~Q(account_holder=""),
                name="conference_account_has_holder",
                violation_error_message=_("Say in whose name the account is."),
            ),
            models.CheckConstraint(
                condition=Q(bic="") | ~Q(iban=""),
                name="conference_bank_has_account",
                violation_error_message=_("Give the IBAN that this BIC belongs to."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def clean(self) -> None:
        errors = {}
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            errors["ends_on"] = _("The end lies before the start.")
        if self.tax_rate is None and self.tax_name:
            errors["tax_rate"] = _("Give the rate of this tax, or empty its name.")
        if self.tax_rate is not None and not self.tax_name:
            errors["tax_name"] = _("Give the name of this tax, or empty its rate.")
        if self.iban and not self.account_holder:
            errors["account_holder"] = _("Say in whose name the account is.")
        if self.bic and not self.iban:
            errors["iban"] = _("Give the IBAN that this BIC belongs to.")
        if errors:
            raise ValidationError(errors)
