"""The terms of giving seats back, on the page of their conference."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from conferences.access import TenantInline
from conferences.admin.forms import ShownRowsFormSet, remember_what_was_shown
from conferences.models import CancellationTier
from conferences.validators import in_minor_unit


class CancellationTierForm(forms.ModelForm):
    class Meta:
        model = CancellationTier
        fields = ["days_before", "percent_kept", "fee_per_seat"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fee = self.instance.fee_per_seat
        if fee is not None:
            currency = self.instance.conference.currency
            self.initial["fee_per_seat"] = in_minor_unit(fee, currency)
        remember_what_was_shown(self)


class CancellationTierFormSet(ShownRowsFormSet):
    def terms(self) -> list[dict[str, Any]]:
        """All that are left when this is saved; the service puts them in place."""
        return [
            form.instance.terms
            for form in self.forms
            if form not in self.deleted_forms
            and (form.has_changed() or not form.instance._state.adding)
        ]


class CancellationTierInline(TenantInline):
    model = CancellationTier
    form = CancellationTierForm
    formset = CancellationTierFormSet
    ordering = ("-days_before",)
    fields = (("days_before", "percent_kept", "fee_per_seat"),)
    verbose_name_plural = _("Terms of cancellation")
