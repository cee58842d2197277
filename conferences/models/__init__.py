"""What an organizer keeps: organizations, members, conferences and seat types.

Rows change through `conferences.services` only; the constraints are the last word.
"""

from conferences.models.conference import Conference
from conferences.models.organization import Membership, Organization
from conferences.models.seat_type import SeatType

__all__ = ["Conference", "Membership", "Organization", "SeatType"]
