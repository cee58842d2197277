"""What an order must be so that something may be done with it."""

from datetime import datetime

from registrations.domain import errors
from registrations.domain.order_state import OrderState, Status


class OrderGuards(OrderState):
    """Each raises the typed error that says why not."""

    def _must_be_open(self, now: datetime) -> datetime:
        """Until when it is; raises why it is not."""
        if self.status in {None, Status.CONFIRMED, Status.EXPIRED, Status.CANCELLED}:
            raise self._refusal()
        if self.hold_expires_at is None or now >= self.hold_expires_at:
            raise errors.OrderAlreadyExpired
        return self.hold_expires_at

    def _must_be_ready(self) -> None:
        if self.status is not Status.RESERVED or not any(self.reserved.values()):
            raise errors.SeatsNotReserved
        if self.registrant is None:
            raise errors.RegistrantMissing

    def _refusal(self) -> errors.DomainError:
        return {
            None: errors.OrderNotFound,
            Status.CONFIRMED: errors.OrderAlreadyConfirmed,
            Status.EXPIRED: errors.OrderAlreadyExpired,
            Status.CANCELLED: errors.OrderAlreadyCancelled,
        }.get(self.status, errors.SeatsNotReserved)()
