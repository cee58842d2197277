"""What the domain refuses, in clear sentences.

`code` is stable and goes to API clients; the sentence is for people.
"""

from uuid import UUID


class DomainError(Exception):
    """Something the rules forbid. Nothing was written."""

    code = "refused"
    sentence = "This is not possible."

    def __init__(self, sentence: str | None = None) -> None:
        super().__init__(sentence or self.sentence)


class InvalidItems(DomainError):
    """The seats asked for cannot be asked for; `seat_type` says which, if one is
    meant."""

    code = "invalid-items"
    field = "items"

    def __init__(
        self, sentence: str | None = None, *, seat_type: UUID | None = None
    ) -> None:
        super().__init__(sentence)
        self.seat_type = seat_type


class NoItems(InvalidItems):
    code = "no-items"
    sentence = "One or more items are required."


class NegativeQuantity(InvalidItems):
    code = "negative-quantity"
    sentence = "A quantity cannot be negative."


class UnknownSeatType(InvalidItems):
    code = "unknown-seat-type"
    sentence = "This conference has no such seat type."


class SeatTypeClosed(InvalidItems):
    code = "seat-type-closed"
    sentence = "This seat type is closed."


class NotOnSale(InvalidItems):
    code = "not-on-sale"
    sentence = "This seat type is not on sale now."


class TooManySeats(InvalidItems):
    code = "too-many-seats"

    def __init__(self, limit: int, *, seat_type: UUID) -> None:
        super().__init__(
            f"At most {limit} of these can be ordered at once.", seat_type=seat_type
        )
        self.limit = limit


class NotFound(DomainError):
    code = "not-found"


class OrderNotFound(NotFound):
    sentence = "There is no such order."


class ConferenceClosed(NotFound):
    code = "conference-closed"
    sentence = "This conference is not open for registration."


class SeatPositionUnknown(NotFound):
    sentence = "This order has no such seat."


class StaleVersion(DomainError):
    code = "stale-version"
    sentence = "This was changed meanwhile. Load it again and repeat your change."


class StateForbids(DomainError):
    """The order is in a state that does not allow the action."""

    code = "state-forbids"


class OrderAlreadyPlaced(StateForbids):
    code = "order-already-placed"
    sentence = "This order was placed already."


class OrderAlreadyConfirmed(StateForbids):
    code = "order-already-confirmed"
    sentence = "This order is confirmed and cannot be changed any more."


class OrderAlreadyExpired(StateForbids):
    code = "order-already-expired"
    sentence = "The time to complete this order has ended and its seats were released."


class OrderAlreadyCancelled(StateForbids):
    code = "order-already-cancelled"
    sentence = "This order was cancelled."


class OrderNotConfirmed(StateForbids):
    code = "order-not-confirmed"
    sentence = "This order is not confirmed yet."


class SeatsNotReserved(StateForbids):
    code = "seats-not-reserved"
    sentence = "Not all the seats asked for are reserved. Accept what is or change it."


class RegistrantMissing(StateForbids):
    code = "registrant-missing"
    sentence = "Enter the registrant's name and e-mail address first."


class PaymentNotNeeded(StateForbids):
    code = "payment-not-needed"
    sentence = "This order is free of charge: confirm it without a payment."


class PaymentNeeded(StateForbids):
    code = "payment-needed"
    sentence = "This order is not free of charge: it is confirmed by its payment."


class UnknownProvider(DomainError):
    code = "unknown-provider"
    field = "provider"
    sentence = "This way of paying is not offered."


class AmountNotPayable(StateForbids):
    code = "amount-not-payable"
    sentence = "An amount this large cannot be paid at once. Split the order."


class AssignmentClosed(StateForbids):
    code = "assignment-closed"
    sentence = "Seats can no longer be assigned for this conference."


class CancellationClosed(StateForbids):
    code = "cancellation-closed"
    sentence = "It is too late to cancel this order."


class InvalidPositions(DomainError):
    """The seats to be cancelled cannot be these."""

    code = "invalid-positions"
    field = "positions"


class NoSeatsChosen(InvalidPositions):
    code = "no-seats-chosen"
    sentence = "Choose at least one seat."


class SeatsNotHeld(InvalidPositions):
    code = "seats-not-held"
    sentence = "Some of these seats do not belong to this order any more."


class QuoteChanged(StateForbids):
    """Another amount would be given back than the one that was agreed to."""

    code = "quote-changed"
    sentence = "The amount that is given back has changed. Look at it again."


class RefundNotPossible(StateForbids):
    code = "refund-not-possible"
    sentence = "At most what was paid and has not gone back can be refunded."


class NothingToSettle(StateForbids):
    code = "nothing-to-settle"
    sentence = "This order does not need attention."


class SettledAlready(NothingToSettle):
    """The order needs attention, but for another reason than the one decided about."""

    sentence = "That was dealt with already. Look at what else needs attention."
