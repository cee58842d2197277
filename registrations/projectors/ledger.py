"""Writes every movement of money down, by the taxes it is about."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid5

from eventstore.events import RecordedEvent
from eventstore.projections import on
from eventstore.rows import Rows, SetProjector
from registrations.domain.payment_account import (
    Movement,
    PaymentAllotted,
    PaymentCharged,
    PaymentDisputed,
    PaymentDisputeWon,
    PaymentFeeCharged,
    PaymentGivenBack,
)
from registrations.domain.tax_parts import TaxPart, negated, untaxed
from registrations.models.ledger_entry import LedgerEntry

Kind = LedgerEntry.Kind


class LedgerProjector(SetProjector):
    """Only ever inserts."""

    models = [LedgerEntry]
    entries: Rows

    def begin(self, events: Sequence[RecordedEvent]) -> None:
        self.entries = Rows(LedgerEntry)

    def finish(self) -> None:
        self.entries.write()

    @on(PaymentCharged)
    def when_charged(self, event: PaymentCharged, recorded: RecordedEvent) -> None:
        self._enter(
            *(recorded, Kind.CHARGE, event.payment_id),
            parts=event.parts,
            at=event.charged_at,
        )

    @on(PaymentAllotted)
    def when_allotted(self, event: PaymentAllotted, recorded: RecordedEvent) -> None:
        """Nothing comes in or goes out: it changes places."""
        self._enter(
            *(recorded, Kind.CHARGE, event.payment_id),
            parts=[*map(negated, event.taken_from), *event.parts],
            at=event.allotted_at,
        )

    @on(PaymentGivenBack)
    def when_given_back(self, event: PaymentGivenBack, recorded: RecordedEvent) -> None:
        self._enter(
            *(recorded, Kind.REFUND, event.refund_id),
            parts=map(negated, event.parts),
            at=event.given_back_at,
        )

    @on(PaymentFeeCharged)
    def when_fee_charged(
        self, event: PaymentFeeCharged, recorded: RecordedEvent
    ) -> None:
        self._enter(
            *(recorded, Kind.FEE, event.fee_id),
            parts=[untaxed(-event.amount)],
            at=event.charged_at,
        )

    @on(PaymentDisputed)
    def when_disputed(self, event: PaymentDisputed, recorded: RecordedEvent) -> None:
        self._enter(
            *(recorded, Kind.DISPUTE, event.dispute_id),
            parts=map(negated, event.parts),
            at=event.opened_at,
        )

    @on(PaymentDisputeWon)
    def when_dispute_won(
        self, event: PaymentDisputeWon, recorded: RecordedEvent
    ) -> None:
        self._enter(
            *(recorded, Kind.DISPUTE_WON, event.dispute_id),
            parts=event.parts,
            at=event.won_at,
        )

    def _enter(
        self,
        recorded: RecordedEvent,
        kind: Kind,
        reference_id: UUID,
        *,
        parts: Iterable[TaxPart],
        at: datetime,
    ) -> None:
        event: Movement = recorded.event
        for index, part in enumerate(parts):
            self.entries.insert(
                uuid5(recorded.id, str(index)),
                position=recorded.position,
                organization_id=event.organization_id,
                conference_id=event.conference_id,
                order_id=event.order_id,
                order_code=event.order_code,
                payment_id=event.payment_id,
                kind=kind,
                method=event.method,
                currency=event.currency,
                tax_name=part.tax_name,
                tax_rate=part.rate,
                gross=part.gross,
                net=part.net,
                tax=part.tax,
                reference_id=reference_id,
                occurred_at=at,
            )
