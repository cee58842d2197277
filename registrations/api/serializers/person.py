"""A registrant or an attendee."""

from typing import Any

from rest_framework import serializers

from registrations.api.serializers.fields import CharField, StrictSerializer
from registrations.domain.values import InvalidPersonalInfo, PersonalInfo


class PersonSerializer(StrictSerializer):
    """A name to print and an address to write to, validated to a PersonalInfo."""

    first_name = CharField(max_length=100)
    last_name = CharField(max_length=100)
    email = CharField(max_length=254)

    def validate_email(self, email: str) -> str:
        # Asked of this field alone, so that it is said together with missing names.
        try:
            PersonalInfo.of(first_name="-", last_name="-", email=email)
        except InvalidPersonalInfo as error:
            raise serializers.ValidationError(str(error)) from error
        return email

    def validate(self, attrs: dict[str, str]) -> PersonalInfo:
        try:
            return PersonalInfo.of(**attrs)
        except InvalidPersonalInfo as error:
            raise serializers.ValidationError({error.field: [str(error)]}) from error


def person(of: Any) -> dict[str, str] | None:
    """How an order's registrant or a seat's attendee is shown; None where none is."""
    if not of.email:
        return None
    return {
        "first_name": of.first_name,
        "last_name": of.last_name,
        "email": of.email,
    }
