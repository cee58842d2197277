"""Whom an order's documents are made out to."""

from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from registrations.api.conditional import expected_version
from registrations.api.schema import OWN_ORDER, described
from registrations.api.serializers.billing_address import BillingAddressSerializer
from registrations.api.serializers.order import OrderSerializer
from registrations.api.views.base import OrderEndpoint, body_of
from registrations.api.views.order import changed
from registrations.commands import order as commands
from registrations.domain.billing_address import BillingAddress


class OrderBillingAddress(OrderEndpoint):
    """The invoice address, until the order is paid."""

    @described(
        "give_billing_address",
        "Say whom documents are made out to",
        OrderSerializer,
        body=BillingAddressSerializer,
        refusals=[*OWN_ORDER, 409],
        tagged=True,
    )
    def put(self, request: Request, order_id: UUID) -> Response:
        """Name the registrant first. What was issued before stays as it is."""
        self._give(request, body_of(request, BillingAddressSerializer))
        return changed(order_id)

    @described(
        "remove_billing_address",
        "Make documents out to the registrant",
        None,
        status=204,
        refusals=[*OWN_ORDER, 409],
        tagged=True,
    )
    def delete(self, request: Request, order_id: UUID) -> HttpResponse:
        """Removing it again changes nothing."""
        self._give(request, None)
        return HttpResponse(status=204)

    def _give(self, request: Request, address: BillingAddress | None) -> None:
        commands.give_billing_address(
            order_id=self.order.pk,
            address=address,
            now=timezone.now(),
            expected_version=expected_version(request, self.order.version),
        )
