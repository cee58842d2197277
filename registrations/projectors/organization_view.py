"""Fills organizations."""

from collections.abc import Sequence
from dataclasses import fields

from eventstore.events import RecordedEvent
from eventstore.projections import on
from eventstore.rows import Rows, SetProjector
from registrations.domain.organization import OrganizationDescribed
from registrations.models.organization_view import OrganizationView


class OrganizationViewProjector(SetProjector):
    models = [OrganizationView]
    organizations: Rows

    def begin(self, events: Sequence[RecordedEvent]) -> None:
        self.organizations = Rows(OrganizationView)

    def finish(self) -> None:
        self.organizations.write()

    @on(OrganizationDescribed)
    def when_described(self, event: OrganizationDescribed, _: RecordedEvent) -> None:
        described = {field.name: getattr(event, field.name) for field in fields(event)}
        self.organizations.save(described.pop("organization_id"), **described)
