"""What payments keep of persons: shown, and taken away. Whose it is, others know.

Amounts, times, order codes and the provider's references stay: books need them.
"""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.db.models import F, Func, JSONField, Q, QuerySet
from django.forms.models import model_to_dict

from payments.bank.persons import EMPTY, transfers_of
from payments.models import (
    Case,
    Dispute,
    Payment,
    ProviderCall,
    ProviderCallback,
    Refund,
)

WRITTEN = Q(note__gt="") | Q(error__gt="")
NOTED = Q(note__gt="") | Q(closing_note__gt="")
# Of what was understood of a message only this is a text; the rest are ids and amounts.
WITHOUT_REASON = Func(
    F("fact"),
    template="""jsonb_set(%(expressions)s, '{reason}', '""', false)""",
    output_field=JSONField(),
)


def forget(
    order_ids: Iterable[UUID], mentions: Callable[[str], bool]
) -> dict[str, int]:
    """Empty what providers and organizers wrote about these orders, and every other
    statement of a provider that mentions the person."""
    orders = list(order_ids)
    refunds = Refund.objects.filter(WRITTEN, payment__order_id__in=orders)
    return {
        "provider_messages_emptied": _messages(orders, mentions).update(
            body="", fact=WITHOUT_REASON
        ),
        "provider_answers_emptied": _calls(orders).update(answer=""),
        "dispute_reasons_emptied": _disputes(orders).update(reason=""),
        "case_notes_emptied": _cases(orders, mentions).update(note="", closing_note=""),
        "refund_notes_emptied": refunds.update(note="", error=""),
        "transfers_emptied": transfers_of(orders, mentions).update(**EMPTY),
    }


def held(
    order_ids: Iterable[UUID], mentions: Callable[[str], bool]
) -> dict[str, list[Any]]:
    orders = list(order_ids)
    payments = Payment.objects.filter(order_id__in=orders).order_by("started_at")
    refunds = Refund.objects.filter(payment__order_id__in=orders)
    return {
        "payments": list(map(_readable, payments)),
        "refunds": list(map(_readable, refunds.order_by("requested_at"))),
        "provider_messages": list(map(_readable, _messages(orders, mentions))),
        "transfers": list(map(_readable, transfers_of(orders, mentions))),
        "provider_answers": list(map(_readable, _calls(orders))),
        "disputes": list(map(_readable, _disputes(orders))),
        "cases": list(map(_readable, _cases(orders, mentions))),
    }


def _calls(orders: list[UUID]) -> QuerySet[ProviderCall]:
    return ProviderCall.objects.exclude(answer="").filter(payment__order_id__in=orders)


def _disputes(orders: list[UUID]) -> QuerySet[Dispute]:
    return Dispute.objects.exclude(reason="").filter(payment__order_id__in=orders)


def _cases(orders: list[UUID], mentions: Callable[[str], bool]) -> QuerySet[Case]:
    """Of their orders; and any other where somebody wrote of them."""
    rows = Case.objects.filter(NOTED)
    strays = rows.exclude(order_id__in=orders).values_list("pk", "note", "closing_note")
    found = [pk for pk, *said in strays.iterator() if mentions(" ".join(said))]
    return rows.filter(Q(order_id__in=orders) | Q(pk__in=found))


def _messages(orders: list[UUID], mentions: Callable[[str], bool]) -> Any:
    """A body that nobody could read belongs to no payment: it is read here."""
    strays = ProviderCallback.objects.exclude(body="").exclude(
        payment__order_id__in=orders
    )
    found = [
        pk for pk, body in strays.values_list("pk", "body").iterator() if mentions(body)
    ]
    return ProviderCallback.objects.exclude(body="").filter(
        Q(payment__order_id__in=orders) | Q(pk__in=found)
    )


def _readable(row: Any) -> dict[str, str]:
    values = model_to_dict(row) | {"id": row.pk}
    return {name: str(value) for name, value in values.items() if value is not None}
