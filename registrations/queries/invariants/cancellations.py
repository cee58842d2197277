"""Seats given back: what of their price is kept, and what goes back."""

from collections.abc import Iterator
from decimal import Decimal
from uuid import UUID

from payments import services as payments
from registrations.queries.invariants.facts import Cancelled, OrderFacts
from registrations.queries.invariants.orders import Batch
from registrations.queries.invariants.problem import Problem

REASONS = {payments.CANCELLATION_REASON, "order-cancelled"}
REGISTRANT = "registrant"
Found = Iterator[tuple[str, str]]


def problems(batch: Batch) -> Iterator[Problem]:
    for facts in batch:
        found = [*_decided(facts), *_asked(facts)]
        for rule, sentence in found:
            yield Problem(rule, f"order {facts.id} ({facts.code})", sentence)


def _decided(facts: OrderFacts) -> Found:
    kept = Decimal(0)
    for one in facts.cancelled:
        if one.value != one.difference:
            yield (
                "cancelled-seats-are-worth-the-difference",
                f"Seats worth {one.value} took {one.difference} off the total.",
            )
        if _is_too_much(one):
            yield (
                "kept-and-given-back-are-within-the-price",
                f"Of {one.value}, {one.kept} is kept and {one.refund} goes back.",
            )
        kept += one.kept
        if one.kept_total != kept:
            yield (
                "kept-adds-up",
                f"{one.kept_total} is kept in all, the parts are {kept}.",
            )


def _is_too_much(one: Cancelled) -> bool:
    """Organizers may give back more than the price of what is cancelled."""
    refund = one.refund or Decimal(0)
    if min(one.kept, refund) < 0 or one.kept > one.value:
        return True
    return one.by == REGISTRANT and one.kept + refund > one.value


def _asked(facts: OrderFacts) -> Found:
    """Refunds on record are exactly what the order decided."""
    decided = [one.refund for one in facts.cancelled]
    if None in decided:
        return
    asked = sum(
        (
            refund.amount
            for payment in payments.payments_of(UUID(facts.id))
            for refund in payments.refunds_of(payment.pk)
            if refund.reason in REASONS and refund.status != refund.Status.WITHDRAWN
        ),
        Decimal(0),
    )
    wanted = sum((one for one in decided if one is not None), Decimal(0))
    if asked != wanted:
        yield (
            "refunds-are-what-was-decided",
            f"The order decided to give back {wanted}, asked for is {asked}.",
        )
