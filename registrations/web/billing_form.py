"""The invoice address: optional, and read as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel import Locale
from django import forms
from django.http import QueryDict
from django.utils.translation import get_language, gettext_lazy, to_locale
from django.utils.translation import gettext as _

from registrations.domain.billing_address import (
    LONGEST,
    BillingAddress,
    InvalidBillingAddress,
    countries,
)

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

    from registrations.models.order_view import OrderView

SENTENCES = {
    "street": gettext_lazy("Enter the street and number, or empty the address."),
    "city": gettext_lazy("Enter the city, or empty the address."),
    "country": gettext_lazy("Choose the country, or empty the address."),
}
ACCEPTABLE = {"street": "A", "city": "A", "country": "DE"}


def _text(label: StrPromise, name: str, autocomplete: str) -> forms.CharField:
    attributes = {
        "autocomplete": autocomplete,
        "maxlength": LONGEST[name],
    }
    return forms.CharField(
        label=label, required=False, widget=forms.TextInput(attrs=attributes)
    )


class BillingForm(forms.Form):
    """Whom documents are made out to; left empty, it is the registrant."""

    company = _text(gettext_lazy("Company"), "company", "billing organization")
    street = _text(gettext_lazy("Street and number"), "street", "billing address-line1")
    postcode = _text(gettext_lazy("Postcode"), "postcode", "billing postal-code")
    city = _text(gettext_lazy("City"), "city", "billing address-level2")
    country = forms.CharField(label=gettext_lazy("Country"), required=False)
    tax_id = _text(gettext_lazy("Tax number (VAT ID)"), "tax_id", "off")
    address: BillingAddress | None = None

    def __init__(self, order: OrderView, typed: QueryDict | None = None) -> None:
        given = {name: getattr(order, f"billing_{name}") for name in LONGEST}
        super().__init__(typed, prefix="billing", initial=given)
        self.fields["country"].widget = forms.Select(
            choices=[("", _("No invoice address")), *_countries()],
            attrs={"autocomplete": "billing country"},
        )

    def is_used(self) -> bool:
        """Whether there is something to show: an address, or what is wrong with it."""
        typed = (self[name].value() for name in LONGEST)
        return any(typed) or (self.is_bound and not self.is_valid())

    def clean(self) -> dict[str, str]:
        """All faults at once, although the domain names one at a time."""
        typed = {name: self.cleaned_data.get(name) or "" for name in LONGEST}
        if not any(typed.values()):
            return self.cleaned_data
        for name, value in typed.items():
            try:
                BillingAddress.of(**{**ACCEPTABLE, name: value})
            except InvalidBillingAddress as fault:
                self.add_error(name, SENTENCES.get(name) or str(fault))
        if not self.errors:
            self.address = BillingAddress.of(**typed)
        return self.cleaned_data


def _countries() -> list[tuple[str, str]]:
    """By their names in the language of the page."""
    names = Locale.parse(to_locale(get_language() or "en")).territories
    known = [(code, str(names.get(code, code))) for code in countries()]
    return sorted(known, key=lambda country: country[1])
