"""What an organizer keeps: organizations, members, conferences, seat types and terms.

Rows change through `conferences.services` only; the constraints are the last word.
"""

from conferences.models.cancellation_tier import CancellationTier
from conferences.models.conference import Conference
from conferences.models.organization import Membership, Organization
from conferences.models.seat_type import SeatType

__all__ = ["CancellationTier", "Conference", "Membership", "Organization", "SeatType"]
