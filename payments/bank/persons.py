"""What transfers say of persons: found by their orders, their codes and by mention."""

from collections.abc import Callable, Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from payments.bank.codes import codes_in
from payments.models import BankTransfer, Payment

# What payers say of themselves, and what organizers wrote; amount and day stay.
EMPTY = {
    "payer_name": "",
    "payer_iban": "",
    "purpose": "",
    "end_to_end": "",
    "note": "",
}
_SAYS_SOMETHING = ~Q(**EMPTY)


def transfers_of(
    order_ids: Iterable[UUID], mentions: Callable[[str], bool]
) -> QuerySet[BankTransfer]:
    """Assigned to these orders, quoting their codes, or naming the person."""
    orders = list(order_ids)
    speaking = BankTransfer.objects.filter(_SAYS_SOMETHING)
    codes = set(
        Payment.objects.filter(order_id__in=orders).values_list(
            "organization_id", "reference"
        )
    )
    wanted = ("pk", "organization_id", "purpose", "end_to_end", "payer_name", "note")
    found = []
    others = speaking.exclude(payment__order_id__in=orders)
    for pk, organization_id, *texts in others.values_list(*wanted).iterator():
        said = " ".join(texts)
        quoted = {(organization_id, code) for code in codes_in(said)}
        if quoted & codes or mentions(said):
            found.append(pk)
    return speaking.filter(Q(payment__order_id__in=orders) | Q(pk__in=found))
