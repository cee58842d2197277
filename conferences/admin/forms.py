"""The forms of a conference and its seat types."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from babel import Locale
from babel.numbers import get_currency_name
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from conferences import services
from conferences.models import Conference, SeatType
from conferences.signals import ChangeRefused
from conferences.validators import countries, currencies, in_minor_unit


@cache
def time_zone_choices() -> list[tuple[str, str]]:
    names = sorted(name for name in available_timezones() if "/" in name)
    return [("", ""), ("UTC", "UTC"), *((name, name) for name in names)]


@cache
def currency_choices() -> list[tuple[str, str]]:
    codes = sorted(currencies())
    return [
        ("", ""),
        *((code, f"{code} - {get_currency_name(code, locale='en')}") for code in codes),
    ]


@cache
def country_choices() -> list[tuple[str, str]]:
    names = Locale("en").territories
    named = ((str(names[code]), code) for code in countries())
    return [("", ""), *((code, name) for name, code in sorted(named))]


def remember_what_was_shown(form: forms.ModelForm) -> None:
    """So that only what is changed here is written: what somebody else changed since
    the page was opened stays.

    Not for times: in another time zone the same words are another moment.
    """
    for field in form.fields.values():
        is_time = isinstance(field, forms.DateTimeField | forms.SplitDateTimeField)
        field.show_hidden_initial = not (is_time or form.instance._state.adding)


class ConferenceForm(forms.ModelForm):
    class Meta:
        model = Conference
        fields = ["organization", *sorted(services.CONFERENCE_FIELDS)]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (
            ("time_zone", time_zone_choices()),
            ("currency", currency_choices()),
        ):
            if name in self.fields:
                self.fields[name].widget = forms.Select(choices=choices)
        if "currency" in self.fields and not self.instance._state.adding:
            self._lock_currency()
        remember_what_was_shown(self)

    def _lock_currency(self) -> None:
        """Show why it is fixed instead of letting somebody try."""
        try:
            services.propose_currency_change(self.instance.pk)
        except ChangeRefused as refusal:
            self.fields["currency"].disabled = True
            self.fields["currency"].help_text = refusal.message

    def _post_clean(self) -> None:
        """After the instance took the new values, so that it is checked as a whole."""
        super()._post_clean()  # type: ignore[misc]  # not in the stubs
        if self.instance._state.adding or "currency" not in self.changed_data:
            return
        try:
            services.check_currency_change(self.instance)
        except ChangeRefused as refusal:
            self.add_error(refusal.field, refusal.message)
        except ValidationError as error:
            self.add_error(None, error)


class SeatTypeForm(forms.ModelForm):
    class Meta:
        model = SeatType
        fields = sorted(services.SEAT_TYPE_FIELDS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            currency = self.instance.conference.currency
            self.initial["price"] = in_minor_unit(self.instance.price, currency)
        remember_what_was_shown(self)

    def values_to_save(self) -> dict[str, Any]:
        """A new seat type is put last unless the organizer says where."""
        if not self.instance._state.adding:
            return {name: self.cleaned_data[name] for name in self.changed_data}
        values = {
            name: value
            for name, value in self.cleaned_data.items()
            if name in services.SEAT_TYPE_FIELDS
        }
        if "position" not in self.changed_data:
            values.pop("position", None)
        return values


class ShownRowsFormSet(forms.BaseInlineFormSet):
    """Of rows that are still there: what was typed for one that somebody else deleted
    meanwhile would stand beside the name of another."""

    def full_clean(self) -> None:
        if self.is_bound:
            there = {str(row.pk) for row in self.get_queryset()}
            rows = range(self.initial_form_count())
            shown = {self.data.get(f"{self.add_prefix(row)}-id", "") for row in rows}
            if not shown <= there:
                raise ValidationError(
                    _(
                        "Nothing was saved: somebody else deleted one of the rows"
                        " meanwhile. This is how it is now."
                    )
                )
        super().full_clean()


class SeatTypeFormSet(ShownRowsFormSet):
    def clean(self) -> None:
        """Two new rows do not meet in the database yet."""
        super().clean()
        seen = set()
        for form in self.forms:
            name = getattr(form, "cleaned_data", {}).get("name", "").casefold()
            if not name or form in self.deleted_forms:
                continue
            if name in seen:
                form.add_error(
                    "name", _("Another seat type of this conference has this name.")
                )
            seen.add(name)
