"""PaymentAccount: every movement of one payment's money, by the taxes it is about."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from eventstore.aggregates import Aggregate
from eventstore.events import event
from registrations.domain.tax_parts import NOTHING, TaxPart, given_back, less, share


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentOrigin:
    """Whose payment it is and by which method it was paid."""

    order_id: UUID
    order_code: str
    conference_id: UUID
    organization_id: UUID
    method: str
    currency: str


@event
class Movement:
    """What every fact of a payment's money says, so that each is understood alone."""

    payment_id: UUID
    order_id: UUID
    order_code: str
    conference_id: UUID
    organization_id: UUID
    method: str
    currency: str


@event
class PaymentCharged(Movement):
    """Money came in: `parts` is what it pays for, or one part that is not taxed."""

    amount: Decimal
    parts: list[TaxPart]
    charged_at: datetime


@event
class PaymentAllotted(Movement):
    """The order took money after all for which it had no use when it came: what is
    left of it moves from the parts it was `taken_from` to those it pays for."""

    taken_from: list[TaxPart]
    parts: list[TaxPart]
    pays_for: list[TaxPart]
    allotted_at: datetime


@event
class PaymentGivenBack(Movement):
    refund_id: UUID
    amount: Decimal
    reason: str
    parts: list[TaxPart]
    given_back_at: datetime


@event
class PaymentFeeCharged(Movement):
    """What the provider keeps for itself; below zero, what it gives back of that."""

    fee_id: UUID
    amount: Decimal
    charged_at: datetime


@event
class PaymentDisputed(Movement):
    """The payer's bank took the money back, until it is decided who is right."""

    dispute_id: UUID
    amount: Decimal
    parts: list[TaxPart]
    opened_at: datetime


@event
class PaymentDisputeWon(Movement):
    """The money is ours again."""

    dispute_id: UUID
    amount: Decimal
    parts: list[TaxPart]
    won_at: datetime


@event
class PaymentDisputeLost(Movement):
    """The money is gone for good; it had gone already when the dispute was opened."""

    dispute_id: UUID
    amount: Decimal
    lost_at: datetime


class PaymentAccount(Aggregate):
    """What came in and went out under one payment; its id is the payment's.

    It refuses nothing: money that moved has moved. Each movement is known by its id
    and recorded once, whatever is repeated.
    """

    category = "payment-account"

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.charged_amount: Decimal | None = None
        self.pays_for: list[TaxPart] = []
        # Given back to the payer or taken back by the bank, and not returned to us.
        self.gone = NOTHING
        self.known: set[UUID] = set()
        self.open_disputes: dict[UUID, Decimal] = {}

    def charge(
        self,
        of: PaymentOrigin,
        amount: Decimal,
        *,
        pays_for: Sequence[TaxPart],
        now: datetime,
    ) -> None:
        if self.charged_amount is not None:
            return
        self.record(
            PaymentCharged(
                payment_id=self.id,
                **asdict(of),
                amount=amount,
                parts=list(pays_for),
                charged_at=now,
            )
        )

    def allot(
        self, of: PaymentOrigin, *, pays_for: Sequence[TaxPart], now: datetime
    ) -> None:
        """Let what was charged pay for this, from here on."""
        if self.charged_amount is None or not less(pays_for, self.pays_for):
            return
        self.record(
            PaymentAllotted(
                payment_id=self.id,
                **asdict(of),
                taken_from=self._left_of(self.pays_for, of.currency),
                parts=self._left_of(pays_for, of.currency),
                pays_for=list(pays_for),
                allotted_at=now,
            )
        )

    def _left_of(self, parts: Sequence[TaxPart], currency: str) -> list[TaxPart]:
        return less(parts, given_back(parts, self.gone, currency))

    def give_back(
        self,
        of: PaymentOrigin,
        refund_id: UUID,
        amount: Decimal,
        *,
        reason: str,
        now: datetime,
    ) -> None:
        if refund_id in self.known:
            return
        self.record(
            PaymentGivenBack(
                payment_id=self.id,
                **asdict(of),
                refund_id=refund_id,
                amount=amount,
                reason=reason,
                parts=share(self.pays_for, self.gone, amount, of.currency),
                given_back_at=now,
            )
        )

    def charge_fee(
        self, of: PaymentOrigin, fee_id: UUID, amount: Decimal, *, now: datetime
    ) -> None:
        if fee_id in self.known:
            return
        self.record(
            PaymentFeeCharged(
                payment_id=self.id,
                **asdict(of),
                fee_id=fee_id,
                amount=amount,
                charged_at=now,
            )
        )

    def dispute(
        self, of: PaymentOrigin, dispute_id: UUID, amount: Decimal, *, now: datetime
    ) -> None:
        if dispute_id in self.known:
            return
        self.record(
            PaymentDisputed(
                payment_id=self.id,
                **asdict(of),
                dispute_id=dispute_id,
                amount=amount,
                parts=share(self.pays_for, self.gone, amount, of.currency),
                opened_at=now,
            )
        )

    def win_dispute(
        self, of: PaymentOrigin, dispute_id: UUID, *, now: datetime
    ) -> None:
        """Only a dispute that is open can be won: without one no money came back."""
        amount = self.open_disputes.get(dispute_id)
        if amount is None:
            return
        gone = self.gone - amount
        self.record(
            PaymentDisputeWon(
                payment_id=self.id,
                **asdict(of),
                dispute_id=dispute_id,
                amount=amount,
                parts=share(self.pays_for, gone, amount, of.currency),
                won_at=now,
            )
        )

    def lose_dispute(
        self, of: PaymentOrigin, dispute_id: UUID, *, now: datetime
    ) -> None:
        amount = self.open_disputes.get(dispute_id)
        if amount is None:
            return
        self.record(
            PaymentDisputeLost(
                payment_id=self.id,
                **asdict(of),
                dispute_id=dispute_id,
                amount=amount,
                lost_at=now,
            )
        )

    def apply(self, event: object) -> None:
        match event:
            case PaymentCharged(amount=amount, parts=parts):
                self.charged_amount, self.pays_for = amount, parts
            case PaymentAllotted(pays_for=parts):
                self.pays_for = parts
            case PaymentGivenBack(refund_id=id, amount=amount):
                self.known.add(id)
                self.gone += amount
            case PaymentFeeCharged(fee_id=id):
                self.known.add(id)
            case PaymentDisputed(dispute_id=id, amount=amount):
                self.known.add(id)
                self.open_disputes[id] = amount
                self.gone += amount
            case PaymentDisputeWon(dispute_id=id, amount=amount):
                del self.open_disputes[id]
                self.gone -= amount
            case PaymentDisputeLost(dispute_id=id):
                del self.open_disputes[id]
