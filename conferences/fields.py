"""Model fields that Django does not have this way."""

from typing import Any

from django import forms
from django.db import models
from stdnum import iban


class WebAddressField(models.URLField):  # type: ignore[type-arg]  # not at run time
    """An address typed without its scheme means https."""

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"assume_scheme": "https"} | kwargs)


class CompactFormField(forms.CharField):
    """Takes spaces and small letters and gives the bare characters."""

    def to_python(self, value: Any) -> Any:
        return compact(super().to_python(value))


class IbanFormField(CompactFormField):
    def prepare_value(self, value: Any) -> Any:
        """In groups of four, as it is printed."""
        return iban.format(value) if isinstance(value, str) else value


class CompactField(models.CharField):  # type: ignore[type-arg]  # not at run time
    """A code that people write with spaces, kept without them and in capitals."""

    form_class = CompactFormField

    def to_python(self, value: Any) -> Any:
        return compact(super().to_python(value))

    def formfield(self, **kwargs: Any) -> Any:
        # The spaces must fit as well; the model counts the rest.
        longest = 2 * (self.max_length or 0)
        fitting: Any = {"form_class": self.form_class, "max_length": longest}
        return super().formfield(**fitting | kwargs)


class IbanField(CompactField):
    form_class = IbanFormField


def compact(value: Any) -> Any:
    return "".join(value.split()).upper() if isinstance(value, str) else value
