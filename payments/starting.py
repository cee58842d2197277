"""Opening a payment, and asking the provider for the page to pay it on."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from payments import closing, money
from payments.errors import NotWanted, PaymentNotFound
from payments.gateways import registry
from payments.models import Payment, ProviderCall
from payments.provider_calls import recorded
from payments.refunds import InvalidAmount
from payments.transactions import assert_outside_transaction


@dataclass(frozen=True, kw_only=True)
class PaymentRequest:
    """What an order wants to be paid; the caller makes the id and may repeat itself."""

    payment_id: UUID
    order_id: UUID
    conference_id: UUID
    organization_id: UUID
    provider: str
    amount: Decimal
    currency: str
    description: str
    reference: str
    due_at: datetime | None = None


@transaction.atomic
def start_payment(request: PaymentRequest, *, now: datetime) -> Payment:
    """Open a payment and say where to pay it (`redirect_url`); calls no provider.

    Repeated, the same payment is returned: the one with this id, or the one that is
    open for this order, provider and amount. Raises UnknownProvider, InvalidAmount.
    """
    gateway = registry.offered(request.provider)
    if not money.is_storable(request.amount) or request.amount <= 0:
        raise InvalidAmount(_("The amount cannot be paid."))
    started = _row(request, now=now)
    started.redirect_url = gateway.checkout_url(started)
    try:
        # The database decides between two that start the same payment at once.
        with transaction.atomic():
            started.save(force_insert=True)
    except IntegrityError:
        return _same(request)
    return started


def _same(request: PaymentRequest) -> Payment:
    """The one with this id, or the one that is open for the same thing."""
    alike = Payment.objects.filter(
        order_id=request.order_id, provider=request.provider, amount=request.amount
    )
    same = Payment.objects.filter(pk=request.payment_id).first()
    return same or alike.latest("started_at")


def begin_payment(payment_id: UUID) -> Payment:
    """Ask the provider for the page to pay on, once the payment is committed.

    Asked again, the same page is returned. Raises PaymentNotFound, NotWanted,
    ProviderUnavailable and StartRefused, and ProviderCallInsideTransaction.
    """
    assert_outside_transaction()
    begun = Payment.objects.filter(pk=payment_id).first()
    if begun is None:
        raise PaymentNotFound(_("There is no such payment."))
    gateway = registry.known(begun.provider)
    is_at_once = gateway.capabilities.answers_at_once
    if is_at_once or begun.status != Payment.Status.INITIATED:
        return begun
    closing.check_wanted(begun)
    if begun.provider_reference:
        return begun
    operation = ProviderCall.Operation.START
    with recorded(operation, begun, key=begun.pk) as call:
        page = gateway.start(begun)
        call.answer = page.provider_reference
    Payment.objects.filter(pk=payment_id, provider_reference="").update(
        redirect_url=page.redirect_url, provider_reference=page.provider_reference
    )
    _check_wanted_still(begun)
    return Payment.objects.get(pk=payment_id)


def _check_wanted_still(begun: Payment) -> None:
    """While the provider made the page, the order may have changed. Whoever closed its
    pages then did not know of this one."""
    try:
        closing.check_wanted(begun)
    except NotWanted:
        closing.queue(begun.pk)
        raise


def _row(request: PaymentRequest, *, now: datetime) -> Payment:
    return Payment(
        pk=request.payment_id,
        order_id=request.order_id,
        conference_id=request.conference_id,
        organization_id=request.organization_id,
        provider=request.provider,
        amount=request.amount,
        requested_amount=request.amount,
        currency=request.currency,
        description=request.description,
        reference=request.reference,
        due_at=request.due_at,
        started_at=now,
    )
