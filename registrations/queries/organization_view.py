"""What documents ask about organizations."""

from typing import Any
from uuid import UUID

from registrations.models.organization_view import OrganizationView


def organization(id: UUID) -> OrganizationView | None:
    return OrganizationView.objects.filter(pk=id).first()


def is_described_as(id: UUID, described: dict[str, Any]) -> bool:
    return OrganizationView.objects.filter(pk=id, **described).exists()
