"""How long the seats of an order are still held, as pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from registrations.models.order_view import OrderView


CLOCK_UP_TO = 2 * 3600
OPEN = frozenset({"partially_reserved", "reserved"})


@dataclass(frozen=True)
class Hold:
    ends_at: datetime
    seconds: int

    @property
    def is_long(self) -> bool:
        """Days, while an invoice is to be paid: a date says more than a clock."""
        return self.seconds > CLOCK_UP_TO

    @property
    def digits(self) -> str:
        return f"{self.seconds // 60}:{self.seconds % 60:02}"


def hold_of(order: OrderView, now: datetime) -> Hold | None:
    """None when nothing is held: completed, cancelled, or the time is over.

    The clock decides, not the status: nobody need have come by to release the seats.
    """
    ends_at = order.hold_expires_at
    if order.status not in OPEN or ends_at is None or ends_at <= now:
        return None
    return Hold(ends_at, ceil((ends_at - now).total_seconds()))
