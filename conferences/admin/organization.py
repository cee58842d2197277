"""Organizations and their members."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from conferences import services
from conferences.access import OWNERS, TenantAdmin, TenantInline, sees_everything
from conferences.admin.forms import country_choices
from conferences.models import Membership, Organization


class OrganizationForm(forms.ModelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if country := self.fields.get("country"):
            country.widget = forms.Select(choices=country_choices())
            country.help_text = ""


class MembershipForm(forms.ModelForm):
    """Names the user instead of choosing from a list that would show all users."""

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        help_text=_("Users are created by the site's administrators."),
    )

    class Meta:
        model = Membership
        fields = ["role"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.fields["username"].disabled = True
            self.initial["username"] = self.instance.user.get_username()

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        users = get_user_model()._default_manager.filter(is_active=True, is_staff=True)
        if self.instance._state.adding:
            user = users.filter(username=username).first()
            if user is None:
                raise ValidationError(_("There is no staff user with this name."))
            self.instance.user = user
        return username


class MembershipFormSet(forms.BaseInlineFormSet):
    """Keeps every user a member once, and an organization from losing its owners."""

    owner_required = True

    def clean(self) -> None:
        super().clean()
        kept = [
            form
            for form in self.forms
            if form.is_valid() and form.cleaned_data and form not in self.deleted_forms
        ]
        seen = set()
        for form in kept:
            if form.instance.user_id in seen:
                form.add_error("username", _("This user is a member already."))
            seen.add(form.instance.user_id)
        has_owner = any(
            form.cleaned_data["role"] == Membership.Role.OWNER for form in kept
        )
        if self.owner_required and not has_owner:
            raise ValidationError(_("An organization needs at least one owner."))


class MembershipInline(TenantInline):
    model = Membership
    form = MembershipForm
    formset = MembershipFormSet
    fields = ("username", "role")
    change_roles = add_roles = delete_roles = OWNERS

    @admin.display(description=_("User name"))
    def username(self, membership: Membership) -> str:
        """For whoever may only look; others get the form's field."""
        return membership.user.get_username()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("user")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset: Any = super().get_formset(request, obj, **kwargs)
        # A superuser may found an organization before it has people.
        formset.owner_required = not sees_everything(request.user)
        return formset


@admin.register(Organization)
class OrganizationAdmin(TenantAdmin):
    """Members see their own, owners look after its members, superusers found more."""

    form = OrganizationForm
    organization_lookup = "id"
    change_roles = OWNERS
    add_roles = delete_roles = frozenset()
    list_display = ("name", "slug")
    search_fields = ("name", "slug")
    ordering = ("name",)
    fieldsets = (
        (None, {"fields": ("name", "slug")}),
        (
            _("Seller on invoices"),
            {
                "fields": (
                    "legal_name",
                    "street",
                    ("postcode", "city"),
                    "country",
                    "tax_id",
                    "invoice_note",
                ),
                "description": _(
                    "Printed on invoices, credit notes and receipts from now on;"
                    " those issued before stay as they are."
                ),
            },
        ),
    )
    inlines = [MembershipInline]

    def get_readonly_fields(
        self, request: HttpRequest, obj: Organization | None = None
    ) -> tuple[str, ...]:
        return () if sees_everything(request.user) else ("slug",)

    def save_model(
        self, request: HttpRequest, obj: Organization, form: Any, change: bool
    ) -> None:
        if not change:
            super().save_model(request, obj, form, change)
            return
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        services.update_organization(organization_id=obj.pk, changes=changes)
