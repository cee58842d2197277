"""Tables of this context; import the module you need, this one is for Django."""

from registrations.models.conference_view import (
    ConferenceView,
    SeatReservation,
    SeatTypeView,
)
from registrations.models.document import Document, DocumentSeries
from registrations.models.idempotency import IdempotentAnswer
from registrations.models.ledger_entry import LedgerEntry
from registrations.models.notification import Notification
from registrations.models.order_access import OrderAccessToken
from registrations.models.order_seats import OrderSeat
from registrations.models.order_view import OrderLineView, OrderView
from registrations.models.organization_view import OrganizationView
from registrations.models.registration_process import RegistrationProcess

__all__ = [
    "ConferenceView",
    "Document",
    "DocumentSeries",
    "IdempotentAnswer",
    "LedgerEntry",
    "Notification",
    "OrderAccessToken",
    "OrderLineView",
    "OrderSeat",
    "OrderView",
    "OrganizationView",
    "RegistrationProcess",
    "SeatReservation",
    "SeatTypeView",
]
