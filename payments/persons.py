"""What payments keep of persons: shown, and taken away. Whose it is, others know.

Amounts, times, order codes and the provider's references stay: books need them.
"""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.forms.models import model_to_dict

from payments.bank.persons import EMPTY, transfers_of
from payments.models import Payment, ProviderCallback, Refund

WRITTEN = Q(note__gt="") | Q(error__gt="")


def forget(
    order_ids: Iterable[UUID], mentions: Callable[[str], bool]
) -> dict[str, int]:
    """Empty what providers and organizers wrote about these orders, and every other
    statement of a provider that mentions the person."""
    orders = list(order_ids)
    refunds = Refund.objects.filter(WRITTEN, payment__order_id__in=orders)
    return {
        "provider_messages_emptied": _messages(orders, mentions).update(body=""),
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
    }


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
