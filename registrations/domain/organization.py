"""Who organizes, and so sells: as its own people describe it."""

from uuid import UUID

from eventstore.events import event


@event
class OrganizationDescribed:
    """The organization has conferences, or was changed; always its whole description.

    A stream of its own: an address is said once, not once for each conference.
    """

    organization_id: UUID
    name: str
    legal_name: str
    street: str
    postcode: str
    city: str
    country: str
    tax_id: str
    invoice_note: str
