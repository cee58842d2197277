"""The ledger: what it says moved is what payments have on record, to the last unit."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Sum

from eventstore.models import Event
from payments import services as payments
from registrations.models.ledger_entry import LedgerEntry
from registrations.queries.invariants.facts import Data
from registrations.queries.invariants.ledger_facts import (
    COLUMNS,
    ZERO,
    AccountFacts,
    LedgerRow,
    Part,
    differences,
)
from registrations.queries.invariants.problem import Problem

AT_ONCE = 500
PREFIX = "payment-account-"
Found = Iterator[tuple[str, str]]
# What each conference should have, in each of its currencies
Balances = defaultdict[tuple[UUID, str], Decimal]


def problems() -> Iterator[Problem]:
    balances: Balances = defaultdict(Decimal)
    on_record = payments.with_movements().order_by("pk").iterator(chunk_size=AT_ONCE)
    while batch := list(islice(on_record, AT_ONCE)):
        yield from _batch(batch, balances)
    yield from _of_no_payment()
    yield from _balances(balances)


def _batch(batch: Sequence[payments.Payment], balances: Balances) -> Iterator[Problem]:
    ids = [payment.pk for payment in batch]
    accounts, rows, paid = _accounts(ids), _rows(ids), _paid(batch)
    for payment in batch:
        facts = accounts.get(payment.pk, AccountFacts(str(payment.pk)))
        balances[payment.conference_id, payment.currency] += _kept(payment)
        found = [
            *_movements(facts, payment),
            *_account(facts, payment),
            *_taxes(facts, paid.get(str(payment.pk))),
            *(
                ("ledger-rows-differ", f"{sentence}.")
                for sentence in differences(facts.rows, rows[payment.pk])
            ),
        ]
        for rule, sentence in found:
            yield Problem(rule, f"payment {payment.pk}", sentence)


def _accounts(ids: Sequence[UUID]) -> dict[UUID, AccountFacts]:
    told: dict[UUID, AccountFacts] = {}
    events = Event.objects.filter(stream__in=[f"{PREFIX}{id}" for id in ids])
    ordered = events.order_by("stream", "version")
    for id, position, stream, type, data in ordered.values_list(
        "id", "position", "stream", "type", "data"
    ):
        payment_id = stream.removeprefix(PREFIX)
        facts = told.setdefault(UUID(payment_id), AccountFacts(payment_id))
        facts.add(id, position, type, data)
    return told


def _rows(ids: Sequence[UUID]) -> Mapping[UUID, list[LedgerRow]]:
    rows = defaultdict(list)
    kept = LedgerEntry.objects.filter(payment_id__in=ids).values_list(*COLUMNS)
    for values in kept:
        row = LedgerRow(*values)
        rows[row.payment_id].append(row)
    return rows


def _paid(batch: Sequence[payments.Payment]) -> dict[str, Data]:
    """What the order cost that took a payment, when it took it."""
    streams = {f"order-{payment.order_id}" for payment in batch}
    events = Event.objects.filter(
        stream__in=streams, type__in=["order-totals-calculated", "order-paid"]
    )
    costs: dict[str, Data] = {}
    paid: dict[str, Data] = {}
    for stream, type, data in events.order_by("stream", "version").values_list(
        "stream", "type", "data"
    ):
        if type == "order-paid":
            paid[data["payment_id"]] = costs.get(stream, {})
        else:
            costs[stream] = data
    return paid


def _movements(facts: AccountFacts, payment: payments.Payment) -> Found:
    Status = payments.Refund.Status  # noqa: N806 a class
    taken = payment.amount if payment.status in payment.TAKEN else ZERO
    if facts.charged != taken:
        yield (
            "charged-is-what-was-taken",
            f"Taken were {taken}, the events say {facts.charged}.",
        )
    done = {
        str(one.pk): one.amount
        for one in payment.refunds.all()
        if one.status == Status.DONE
    }
    disputes = {
        str(one.pk): (one.amount, str(one.status)) for one in payment.disputes.all()
    }
    fees = _fees(payment)
    for rule, told, kept in (
        ("given-back-is-what-was-refunded", facts.refunds, done),
        ("disputed-is-what-is-on-record", facts.disputes, disputes),
        ("fee-is-what-is-on-record", facts.fees, fees),
    ):
        if told != kept:
            yield rule, f"On record are {_said(kept)}, the events say {_said(told)}."


def _fees(payment: payments.Payment) -> dict[str, Decimal]:
    return {str(one.pk): one.amount for one in payment.fees.all()}


def _said(movements: Mapping[str, Any]) -> str:
    listed = [
        f"{id}: {' '.join(map(str, value)) if isinstance(value, tuple) else value}"
        for id, value in sorted(movements.items())
    ]
    return ", ".join(listed) or "none"


def _account(facts: AccountFacts, payment: payments.Payment) -> Found:
    origin = (
        *(str(payment.order_id), payment.reference, str(payment.conference_id)),
        *(str(payment.organization_id), payment.provider, payment.currency),
    )
    for other in sorted(facts.origins - {origin}):
        yield "account-of-one-payment", f"It is {origin}, an event says {other}."
    for type in facts.uneven:
        yield "parts-are-the-amount", f"They are not in {type}."
    for type in facts.overdrawn:
        yield "no-tax-below-zero", f"After {type} less than nothing is left of one."


def _taxes(facts: AccountFacts, cost: Data | None) -> Found:
    """Money that an order took pays for what it cost, with its tax."""
    if cost is None or not facts.origins:
        return
    rate = cost.get("tax_rate")
    whole = [
        Part(
            cost["tax_name"] if rate else "",
            Decimal(rate) if rate else None,
            Decimal(cost["net_total"]),
            Decimal(cost["tax_total"]),
        )
        if cost
        else None
    ]
    if facts.pays_for != whole:
        yield (
            "paid-order-has-its-taxes",
            f"It pays for {facts.pays_for}, the order cost {whole}.",
        )


def _of_no_payment() -> Iterator[Problem]:
    first = Event.objects.filter(stream__startswith=PREFIX, version=1)
    streams = first.order_by("stream").values_list("stream", flat=True).iterator()
    while batch := [
        UUID(stream.removeprefix(PREFIX)) for stream in islice(streams, AT_ONCE)
    ]:
        known = payments.with_movements().filter(pk__in=batch)
        for id in sorted({*batch} - {payment.pk for payment in known}):
            yield Problem(
                "account-of-no-payment",
                f"payment {id}",
                "Money moved under it, and it is not on record.",
            )


def _kept(payment: payments.Payment) -> Decimal:
    """What is left of it with us, by the records of payments."""
    if payment.status not in payment.TAKEN:
        return ZERO
    gone = sum(
        (
            one.amount
            for one in payment.refunds.all()
            if one.status == payments.Refund.Status.DONE
        ),
        ZERO,
    )
    lost = payments.Dispute.Status.WON
    disputed = [one.amount for one in payment.disputes.all() if one.status != lost]
    return payment.amount - gone - sum(disputed) - sum(_fees(payment).values())


def _balances(balances: Balances) -> Iterator[Problem]:
    sums = LedgerEntry.objects.values_list("conference_id", "currency")
    kept = {
        (conference_id, currency): total
        for conference_id, currency, total in sums.annotate(Sum("gross")).order_by()
    }
    for key in sorted({*balances, *kept}):
        told, have = balances.get(key, ZERO), kept.get(key, ZERO)
        if told != have:
            yield Problem(
                "ledger-balance-differs",
                f"conference {key[0]}",
                f"It is {have} {key[1]}, payments on record make {told}.",
            )
