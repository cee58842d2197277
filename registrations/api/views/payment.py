"""Paying an order."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from payments import services
from registrations.api.conditional import expected_version, shown, tagged
from registrations.api.idempotency import idempotent, idempotent_by_nature
from registrations.api.problems import problem, refusal
from registrations.api.schema import OWN_ORDER, described
from registrations.api.serializers.payment import (
    PaymentSerializer,
    SandboxOutcomeSerializer,
    StartPaymentSerializer,
)
from registrations.api.views.base import APIEndpoint, OrderEndpoint, body_of
from registrations.commands import payment as commands


class PaymentStart(OrderEndpoint):
    """Where payments of an order are started."""

    @described(
        "start_payment",
        "Start a payment",
        PaymentSerializer,
        status=201,
        body=StartPaymentSerializer,
        refusals=[*OWN_ORDER, 409],
        tagged=True,
    )
    @idempotent
    def post(self, request: Request, order_id: UUID) -> Response:
        """Charges the order's total. Send the payer to `redirect_url`; the hold is
        extended meanwhile. A payment already open for the same amount is answered
        again."""
        provider = body_of(request, StartPaymentSerializer)["provider"]
        payment = commands.start_payment(
            order_id=order_id,
            provider=provider,
            now=timezone.now(),
            expected_version=expected_version(request, self.order.version),
        )
        answer = tagged(PaymentSerializer(payment).data, payment.status, status=201)
        answer["Location"] = reverse("api:order-payment", args=[order_id, payment.id])
        return answer


class PaymentDetail(OrderEndpoint):
    """One payment of an order."""

    @described(
        "show_payment",
        "Show a payment",
        PaymentSerializer,
        refusals=OWN_ORDER,
        tagged=True,
    )
    def get(self, request: Request, order_id: UUID, payment_id: UUID) -> HttpResponse:
        payment = services.payment(payment_id)
        if payment is None or payment.order_id != order_id:
            raise Http404
        # Nothing else of what is shown ever changes.
        return shown(request, PaymentSerializer(payment).data, payment.status)


class SandboxPayment(APIEndpoint):
    """The buttons of the sandbox's page, for machines."""

    is_personal = True

    @described(
        "decide_in_sandbox",
        "Accept or reject a payment in the sandbox",
        PaymentSerializer,
        body=SandboxOutcomeSerializer,
        refusals=[404, 409],
        tagged=True,
    )
    @idempotent_by_nature
    def post(self, request: Request, payment_id: UUID) -> Response:
        """Stands in for the payer at an outside processor. The outcome is delivered as
        a signed callback, as a real provider would. The same outcome again has no
        second effect; the other one is refused. Only where the site enables it."""
        outcome = body_of(request, SandboxOutcomeSerializer)["outcome"]
        try:
            payment = services.decide_in_sandbox(
                payment_id, outcome=outcome, now=timezone.now()
            )
        except (services.SandboxDisabled, services.PaymentNotFound) as error:
            raise Http404 from error
        return tagged(PaymentSerializer(payment).data, payment.status)


@refusal.register
def _already_decided(exc: services.AlreadyDecided) -> HttpResponse:
    return problem(409, exc.code, str(exc))


@refusal.register
def _unknown_provider(exc: services.UnknownProvider) -> HttpResponse:
    return problem(400, exc.code, str(exc), [("provider", str(exc))])
