"""The seats of a confirmed order."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from registrations.api.serializers.person import PersonSerializer, person


class SeatSerializer(serializers.Serializer[Any]):
    """One seat: who, if anybody, it is assigned to."""

    position = serializers.IntegerField(min_value=0)
    seat_type = serializers.UUIDField(source="seat_type_id")
    attendee = serializers.SerializerMethodField()

    @extend_schema_field(PersonSerializer(allow_null=True))
    def get_attendee(self, seat: Any) -> dict[str, str] | None:
        return person(seat)
