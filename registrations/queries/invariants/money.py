"""Each order's money: what its events believe and what payments have on record."""

from collections.abc import Iterator
from decimal import Decimal
from uuid import UUID

from payments import services as payments
from registrations.queries.invariants.facts import OrderFacts
from registrations.queries.invariants.orders import Batch
from registrations.queries.invariants.problem import Problem

Status = payments.Refund.Status
Found = Iterator[tuple[str, str]]


def problems(batch: Batch) -> Iterator[Problem]:
    for facts in batch:
        of_order = {str(one.pk): one for one in payments.payments_of(UUID(facts.id))}
        found = [*_accepted(facts, of_order), *_believed(facts, of_order)]
        for rule, sentence in found:
            yield Problem(rule, f"order {facts.id} ({facts.code})", sentence)


def _accepted(facts: OrderFacts, of_order: dict[str, payments.Payment]) -> Found:
    """Whoever has seats has paid for them: once, exactly, unless they cost nothing."""
    wanted = 1 if facts.sold and not facts.is_free else 0
    if len(facts.paid) != wanted:
        yield (
            "paid-exactly-once",
            (
                f"{len(facts.paid)} accepted payments where there should be {wanted}:"
                f" {', '.join(facts.paid) or 'none'}."
            ),
        )
    for payment_id, paid in facts.paid.items():
        if paid != (facts.charged, facts.currency):
            yield (
                "paid-is-the-total",
                (
                    f"Payment {payment_id} is {paid[0]} {paid[1]}, the total was"
                    f" {facts.charged} {facts.currency}."
                ),
            )
        payment = of_order.get(payment_id)
        on_record = (payment.amount, payment.currency) if payment else None
        if on_record != paid:
            yield (
                "payment-is-what-was-accepted",
                f"Payment {payment_id} is {on_record} on record, accepted was {paid}.",
            )


def _believed(facts: OrderFacts, of_order: dict[str, payments.Payment]) -> Found:
    believed = {id: amount for id, (amount, _currency) in facts.paid.items()}
    believed = facts.returned | believed
    for payment_id in sorted({*believed, *facts.refunded, *of_order}):
        payment = of_order.get(payment_id)
        captured = _captured(payment)
        if captured != believed.get(payment_id, Decimal(0)):
            yield (
                "captured-is-what-the-order-believes",
                (
                    f"Payment {payment_id}: captured {captured}, the order knows of"
                    f" {believed.get(payment_id, Decimal(0))}."
                ),
            )
        refunded, reserved = _refunds(payment)
        if captured and refunded != facts.refunded[payment_id]:
            yield (
                "refunded-is-what-the-order-believes",
                (
                    f"Payment {payment_id}: refunded {refunded}, the order knows of"
                    f" {facts.refunded[payment_id]}."
                ),
            )
        if payment and payment.refunded_amount != reserved:
            yield (
                "refunds-have-their-share",
                (
                    f"Payment {payment_id}: {payment.refunded_amount} is set aside,"
                    f" its refunds are {reserved}."
                ),
            )


def _captured(payment: payments.Payment | None) -> Decimal:
    """Money of a rejected payment goes back without the order hearing of it."""
    if payment and payment.status in payment.TAKEN:
        return payment.amount
    return Decimal(0)


def _refunds(payment: payments.Payment | None) -> tuple[Decimal, Decimal]:
    """What has gone back, and what has or still may."""
    refunds = payments.refunds_of(payment.pk) if payment else []
    done = sum((one.amount for one in refunds if one.status == Status.DONE), Decimal(0))
    kept = [one for one in refunds if one.status != Status.WITHDRAWN]
    return done, sum((one.amount for one in kept), Decimal(0))
