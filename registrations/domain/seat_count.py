"""How many seats of one type are free, held and sold, and what one order holds."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(slots=True)
class SeatCount:
    """The seats of one type: quota = remaining + held + sold, always."""

    quota: int = 0
    held: int = 0
    sold: int = 0

    @property
    def remaining(self) -> int:
        return self.quota - self.held - self.sold


@dataclass(slots=True)
class Reservation:
    """Seats held for one order until they are committed, cancelled or their hold
    ends."""

    seats: dict[UUID, int]
    expires_at: datetime
