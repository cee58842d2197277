"""What registrants type, read into what the domain understands."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from uuid import UUID

from django import forms
from django.core.validators import MaxValueValidator
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.services import ProviderInfo
from registrations.domain.errors import InvalidItems
from registrations.domain.values import InvalidPersonalInfo, PersonalInfo
from registrations.queries.conference_view import SeatTypeOffer
from registrations.web.errors import sentence_for, sentence_for_person

if TYPE_CHECKING:
    from registrations.models.order_seats import OrderSeat

PREFIX = "seats-"
ACCEPTABLE = {"first_name": "A", "last_name": "B", "email": "a@example.org"}
# Far above every limit of the domain, far below what makes arithmetic slow.
MOST = 1_000_000


@dataclass(frozen=True)
class SeatRow:
    """One seat type on the page: what is offered, typed, and said about it."""

    offer: SeatTypeOffer
    field: forms.BoundField
    flag: str
    was_sold_out: bool

    @property
    def is_choosable(self) -> bool:
        return self.offer.selectable > 0


class SeatSelectionForm(forms.Form):
    """One quantity per seat type; asking for more than is left is not an error here."""

    def __init__(
        self,
        offers: Sequence[SeatTypeOffer],
        *args,
        tax_rate=None,
        flags=None,
        sold_out=frozenset(),
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.offers = offers
        self.flags: dict[UUID, str] = flags or {}
        self.sold_out: Collection[UUID] = sold_out
        for offer in offers:
            name = f"{PREFIX}{offer.id}"
            self.fields[name] = self._quantity(offer, tax_rate)
            if self.flags.get(offer.id) and not self.is_bound:
                described_by = f"id_{name}_flag"
                self.fields[name].widget.attrs["aria-describedby"] = described_by

    @staticmethod
    def _quantity(offer: SeatTypeOffer, tax_rate) -> forms.IntegerField:
        on_top = 0 if offer.price_includes_tax else tax_rate or 0
        return forms.IntegerField(
            label=_("Quantity: %(name)s") % {"name": offer.name},
            required=False,
            initial=0,
            min_value=0,
            # Not max_value: the page says how many can be chosen, not sent.
            validators=[MaxValueValidator(MOST, _("Enter a smaller number."))],
            error_messages={
                "invalid": _("Enter a whole number, like 1 or 2."),
                "min_value": _("A quantity cannot be negative."),
            },
            widget=forms.NumberInput(
                attrs={
                    "min": 0,
                    "max": offer.selectable,
                    "inputmode": "numeric",
                    "autocomplete": "off",
                    "data-price": str(offer.price.amount),
                    "data-tax-on-top": str(on_top),
                    "data-name": offer.name,
                }
            ),
        )

    def clean(self):
        unknown = [
            key
            for key in self.data
            if key.startswith(PREFIX) and key not in self.fields
        ]
        if unknown:
            raise forms.ValidationError(
                _("This conference has no such seat type. Choose from the list below.")
            )
        return self.cleaned_data

    @property
    def items(self) -> list[tuple[UUID, int]]:
        quantities = [
            (offer.id, self.cleaned_data.get(f"{PREFIX}{offer.id}") or 0)
            for offer in self.offers
        ]
        return [(seat_type, quantity) for seat_type, quantity in quantities if quantity]

    @property
    def rows(self) -> list[SeatRow]:
        return [
            SeatRow(
                offer,
                self[f"{PREFIX}{offer.id}"],
                self.flags.get(offer.id, ""),
                was_sold_out=offer.on_sale and offer.id in self.sold_out,
            )
            for offer in self.offers
        ]

    def refuse(self, refusal: InvalidItems) -> None:
        name = f"{PREFIX}{refusal.seat_type}"
        self.add_error(name if name in self.fields else None, sentence_for(refusal))

    @staticmethod
    def initial_for(quantities: Iterable[tuple[UUID, int]]) -> dict[str, int]:
        return {f"{PREFIX}{seat_type}": count for seat_type, count in quantities}


class PersonForm(forms.Form):
    """Names and an address; the domain says whether they will do."""

    first_name = forms.CharField(
        label=gettext_lazy("First name"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "given-name", "maxlength": 100}),
    )
    last_name = forms.CharField(
        label=gettext_lazy("Last name"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "family-name", "maxlength": 100}),
    )
    email = forms.CharField(
        label=gettext_lazy("E-mail address"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "maxlength": 254}),
    )
    person: PersonalInfo | None = None

    def read_person(self) -> None:
        """All faults at once, although the domain names one at a time."""
        typed = {name: self.cleaned_data.get(name, "") for name in ACCEPTABLE}
        for name, value in typed.items():
            try:
                PersonalInfo.of(**{**ACCEPTABLE, name: value})
            except InvalidPersonalInfo as fault:
                if name not in self.errors:
                    self.add_error(name, sentence_for_person(fault, value))
        if not self.errors:
            self.person = PersonalInfo.of(**typed)


class CheckoutForm(PersonForm):
    """Who registers, and how the order is paid if it costs anything."""

    provider = forms.ChoiceField(
        label=gettext_lazy("How would you like to pay?"),
        error_messages={
            "required": gettext_lazy("Choose one of the ways to pay."),
            "invalid_choice": gettext_lazy("Choose one of the ways to pay."),
        },
    )

    def __init__(self, providers: Sequence[ProviderInfo], *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.providers = providers
        if providers:
            choices = [(way.code, way.label) for way in providers]
            cast(forms.ChoiceField, self.fields["provider"]).choices = choices
        else:
            del self.fields["provider"]

    def clean(self):
        self.read_person()
        return self.cleaned_data

    @property
    def ways(self) -> list[tuple[ProviderInfo, bool]]:
        """Each way to pay, and whether it is the chosen one."""
        chosen = self["provider"].value()
        return [(way, way.code == chosen) for way in self.providers]


class AttendeeForm(PersonForm):
    """Who sits on one seat; no address means nobody does."""

    version = forms.IntegerField(
        required=False, min_value=0, max_value=2**31, widget=forms.HiddenInput
    )

    def __init__(self, seat: OrderSeat, typed: QueryDict | None = None) -> None:
        self.seat = seat
        self.number = seat.position + 1
        attendee = {name: getattr(seat, name) for name in ACCEPTABLE}
        super().__init__(
            typed,
            prefix=f"seat-{seat.position}",
            initial={**attendee, "version": seat.version},
        )
        for name in ACCEPTABLE:
            field = self.fields[name]
            # What was shown comes back, so that only what was changed here is written.
            field.show_hidden_initial = True
            field.widget.attrs["autocomplete"] = "off"
            field.widget.attrs["aria-label"] = _("%(field)s, seat %(number)d") % {
                "field": field.label,
                "number": self.number,
            }

    def clean(self):
        typed = self.cleaned_data
        names_alone = typed.get("first_name") or typed.get("last_name")
        if typed.get("email") or (names_alone and not self.seat.email):
            self.read_person()
        return typed

    @property
    def label(self) -> str:
        return _("Seat %(number)d") % {"number": self.number}

    @property
    def is_touched(self) -> bool:
        return any(name in self.changed_data for name in ACCEPTABLE)


class FindOrderForm(forms.Form):
    """An e-mail address and an order code, in whatever way people copy them."""

    email = forms.CharField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": gettext_lazy("Enter your e-mail address.")},
    )
    code = forms.CharField(
        label=gettext_lazy("Order code"),
        max_length=40,
        help_text=gettext_lazy("Six letters and digits, in the mail we sent you."),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "code-input",
            }
        ),
        error_messages={"required": gettext_lazy("Enter your order code.")},
    )

    def clean_code(self) -> str:
        return re.sub(r"[\s-]", "", self.cleaned_data["code"]).upper()
