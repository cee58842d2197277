"""What Stripe charges for a dispute, and gives back of it where the dispute is won.

No event has it as its subject: it stands in the dispute, whose own fact is another.
"""

from collections.abc import Iterator

import msgspec

from payments.gateways.base import Outcome
from payments.gateways.stripe_facts import Statement
from payments.gateways.stripe_objects import Dispute, Event, moment

_TOLD_BY = "charge.dispute."


def fees_told_by(event: Event) -> Iterator[Statement]:
    """Raises msgspec.MsgspecError."""
    if event.type.startswith(_TOLD_BY):
        yield from fees_of_dispute(msgspec.json.decode(event.data.object, type=Dispute))


def fees_of_dispute(dispute: Dispute) -> Iterator[Statement]:
    """Each is named by its booking. As with payments: to the cent, or not at all."""
    for booked in dispute.balance_transactions:
        if booked.currency != dispute.currency or not booked.fee:
            continue
        yield Statement(
            event_id=f"dispute-fee-{booked.id}",
            outcome=Outcome.FEE if booked.fee > 0 else Outcome.FEE_RETURNED,
            minor=abs(booked.fee),
            currency=booked.currency,
            intent=dispute.payment_intent or "",
            part=booked.id,
            occurred_at=moment(booked.created),
        )
