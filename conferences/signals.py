"""What other contexts learn about conferences.

Every signal is sent inside the transaction that saves the change, with ids and plain
values only: a receiver that raises rolls the change back, and nothing is announced
that was not saved. Seat types are silent until their conference's first publication.

organization_updated
    organization_id, name, legal_name, street, postcode, city, country, tax_id,
    invoice_note; also before each conference_created, changed or not
conference_created, conference_updated
    conference_id, organization_id, slug, name, tagline, description, location,
    time_zone, currency, starts_on, ends_on, hold_minutes, seat_assignment_until,
    cancellation_until, tax_name, tax_rate, replacement_url,
    contact_email, payment_instructions, account_holder, iban, bic,
    cancellation_tiers (a list of
    dicts with days_before, percent_kept and fee_per_seat, most days first)
conference_published, conference_unpublished, conference_deleted
    conference_id
seat_type_created, seat_type_updated
    conference_id, seat_type_id, name, description, price, price_includes_tax, quota,
    max_per_order, on_sale_from, on_sale_until, is_closed, position
currency_change_proposed
    conference_id; a receiver raises ChangeRefused to veto
"""

from django.dispatch import Signal

organization_updated = Signal()
conference_created = Signal()
conference_updated = Signal()
conference_published = Signal()
conference_unpublished = Signal()
conference_deleted = Signal()
seat_type_created = Signal()
seat_type_updated = Signal()
currency_change_proposed = Signal()


class ChangeRefused(Exception):
    """A change that may not be made; `field` says of what, the message says why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message
