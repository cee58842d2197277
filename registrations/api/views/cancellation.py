"""Giving back the seats of a confirmed order, all or some."""

from uuid import UUID

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from registrations.api.conditional import expected_version
from registrations.api.idempotency import idempotent
from registrations.api.schema import OWN_ORDER, described
from registrations.api.serializers.cancellation import (
    CancelSerializer,
    PositionsSerializer,
    QuoteSerializer,
)
from registrations.api.serializers.order import OrderSerializer
from registrations.api.views.base import OrderEndpoint, body_of
from registrations.api.views.order import changed
from registrations.commands.cancellation import Wish, cancel_as_registrant
from registrations.domain.values import Money
from registrations.queries.cancellation import preview


class OrderCancel(OrderEndpoint):
    """Giving the seats back."""

    @described(
        "cancel_order",
        "Cancel a confirmed order, or some of its seats",
        OrderSerializer,
        body=CancelSerializer,
        refusals=[*OWN_ORDER, 409],
        tagged=True,
    )
    @idempotent
    def post(self, request: Request, order_id: UUID) -> Response:
        """The seats return, and what was paid for them is refunded on the conference's
        terms. Where no seat is left the order is cancelled. The same seats again change
        nothing."""
        body = body_of(request, CancelSerializer)
        positions = body.get("positions")
        expected = body.get("expected_refund")
        cancel_as_registrant(
            Wish(
                order_id=order_id,
                by="registrant",
                now=timezone.now(),
                positions=None if positions is None else frozenset(positions),
                expected_version=expected_version(request, self.order.version),
            ),
            expected_refund=Money(expected["amount"], expected["currency"])
            if expected
            else None,
        )
        return changed(order_id)


class OrderCancellation(OrderEndpoint):
    """What giving seats back would come to."""

    @described(
        "quote_cancellation",
        "See what would be given back",
        QuoteSerializer,
        query=[PositionsSerializer],
        refusals=[*OWN_ORDER, 400, 409],
    )
    def get(self, request: Request, order_id: UUID) -> Response:
        """Changes nothing. Send its `refund` along as `expected_refund` to get just
        this or nothing."""
        # As a dict: of a form, an empty parameter would count as left out.
        query = PositionsSerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        named = query.validated_data.get("positions")
        positions = {int(text) for text in named.split(",")} if named else None
        quote = preview(order_id, positions, now=timezone.now())
        context = {"currency": quote.currency}
        return Response(QuoteSerializer(quote, context=context).data)
