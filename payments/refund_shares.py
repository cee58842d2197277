"""How much of a payment its refunds have reserved."""

from decimal import Decimal

from django.db.models import Sum

from payments.models import Payment, Refund


def recount(payment: Payment) -> None:
    """Write down what is given back or reserved; the caller has locked the payment.

    A refund that failed keeps its share: the provider may have paid after all. What a
    provider gave back by itself may overlap with what we asked for, so the sum is
    never taken for more than the payment.
    """
    counted = Refund.objects.filter(payment=payment).exclude(
        status=Refund.Status.WITHDRAWN
    )
    total = counted.aggregate(total=Sum("amount"))["total"] or Decimal(0)
    Payment.objects.filter(pk=payment.pk).update(
        refunded_amount=min(total, payment.amount)
    )
