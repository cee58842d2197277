"""What the page of a case shows: in plain words, in figures, and as a story."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from payments.admin import cells
from payments.admin.case_words import WORDS
from payments.admin.orders import OrderFacts, story_of
from payments.admin.story import payments_around, transfer_address
from payments.admin.story import story_of as whole_story
from payments.models import Case, Dispute, Payment, Refund

Status = Refund.Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """Where the money of one payment is."""

    payment: Payment
    link: str
    way: str
    is_it: bool
    came: Decimal
    given_back: Decimal
    on_its_way: Decimal
    by_hand: Decimal
    failed: Decimal
    disputed: Decimal
    left: Decimal


def case_page(case: Case, order: OrderFacts | None, site: Any) -> dict[str, Any]:
    is_transfer = case.kind == Case.Kind.UNMATCHED_TRANSFER
    return {
        "title": str(case),
        "words": WORDS[Case.Kind(case.kind)],
        "amount": cells.amount_of_case(case),
        "facts": order,
        "zone": order.time_zone if order else "UTC",
        "amounts": [amounts(one, case) for one in payments_around(case)],
        "references": references(case),
        "transfer": transfer_address(case) if is_transfer else "",
        "story": whole_story(case, story_of(site, case.order_id)),
    }


def amounts(payment: Payment, case: Case) -> Amounts:
    refunds = list(Refund.objects.filter(payment=payment))
    disputes = Dispute.objects.filter(payment=payment).exclude(
        status=Dispute.Status.WON
    )
    is_taken = payment.status in Payment.TAKEN
    return Amounts(
        payment=payment,
        link=cells.address(payment),
        way=cells.provider(payment.provider),
        is_it=payment.pk == case.payment_id,
        came=payment.amount if is_taken else Decimal(0),
        given_back=_sum(refunds, Status.DONE),
        on_its_way=_sum(refunds, Status.REQUESTED, Status.UNDER_WAY),
        by_hand=_sum(refunds, Status.BY_HAND),
        failed=_sum(refunds, Status.FAILED),
        disputed=sum((one.amount for one in disputes), Decimal(0)),
        left=payment.refundable_amount if is_taken else Decimal(0),
    )


def _sum(refunds: Iterable[Refund], *statuses: Refund.Status) -> Decimal:
    return sum((one.amount for one in refunds if one.status in statuses), Decimal(0))


def references(case: Case) -> list[tuple[str, str]]:
    """Under which names the provider knows what the case is about."""
    named = [
        (case.payment, "provider_reference"),
        (case.refund, "provider_reference"),
        (case.dispute, "provider_reference"),
    ]
    return [
        (str(row._meta.verbose_name), getattr(row, field))
        for row, field in named
        if row is not None and getattr(row, field)
    ]
