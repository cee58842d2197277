"""The values that the stored examples were made with."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from registrations.domain.values import PersonalInfo, SeatQuantity

ORGANIZATION = UUID("01900000-0000-7000-8000-000000000001")
CONFERENCE = UUID("01900000-0000-7000-8000-000000000002")
GENERAL = UUID("01900000-0000-7000-8000-000000000003")
WORKSHOP = UUID("01900000-0000-7000-8000-000000000004")
ORDER = UUID("01900000-0000-7000-8000-000000000005")
PAYMENT = UUID("01900000-0000-7000-8000-000000000006")

PLACED = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
HELD_UNTIL = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)
LATER = datetime(2026, 3, 2, 10, 7, 30, 250000, tzinfo=UTC)
SEATS = [SeatQuantity(GENERAL, 2), SeatQuantity(WORKSHOP, 1)]
REGISTRANT = PersonalInfo("Registrant", "Größe", "registrant@example.org")
ATTENDEE = PersonalInfo("Attendee", "O'One", "attendee@example.org")
AMOUNT = Decimal("1068.62")
