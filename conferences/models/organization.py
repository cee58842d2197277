"""The tenants and who works for them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from conferences.validators import validate_country, validate_slug


class Organization(models.Model):
    """The tenant: owns conferences, has members, and is the seller on invoices."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=100)
    slug = models.CharField(
        _("slug"), max_length=60, unique=True, validators=[validate_slug]
    )
    legal_name = models.CharField(
        _("legal name"),
        max_length=150,
        blank=True,
        help_text=_("The seller on invoices. Empty: the name above."),
    )
    street = models.CharField(_("street and number"), max_length=150, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    country = models.CharField(
        _("country"),
        max_length=2,
        blank=True,
        validators=[validate_country],
        help_text=_("Two capital letters (ISO 3166), such as DE."),
    )
    tax_id = models.CharField(
        _("tax number"),
        max_length=40,
        blank=True,
        help_text=_("As your tax office wants it printed, such as a VAT ID."),
    )
    invoice_note = models.TextField(
        _("note on invoices"),
        max_length=1_000,
        blank=True,
        help_text=_("Printed below the total, such as why no tax is charged."),
    )

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A staff user's role in an organization."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        ORGANIZER = "organizer", _("Organizer")
        VIEWER = "viewer", _("Viewer")

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, verbose_name=_("organization")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, verbose_name=_("user")
    )
    role = models.CharField(
        _("role"), max_length=10, choices=Role.choices, default=Role.VIEWER
    )

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user"],
                name="membership_once_per_organization",
                violation_error_message=_("This user is a member already."),
            ),
            models.CheckConstraint(
                condition=Q(role__in=["owner", "organizer", "viewer"]),
                name="membership_role_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"
