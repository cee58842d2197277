"""The organizers' pages for orders, attendees, seats and mails: to read and to act."""

from registrations.admin.attendee import AttendeeAdmin
from registrations.admin.conference_seats import ConferenceSeatsAdmin
from registrations.admin.document import DocumentAdmin
from registrations.admin.ledger import LedgerAdmin
from registrations.admin.notification import NotificationAdmin
from registrations.admin.order import OrderAdmin

__all__ = [
    "AttendeeAdmin",
    "ConferenceSeatsAdmin",
    "DocumentAdmin",
    "LedgerAdmin",
    "NotificationAdmin",
    "OrderAdmin",
]
