"""Addresses of the API."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from registrations.api.views import (
    billing_address,
    cancellation,
    conference,
    document,
    documentation,
    order,
    order_seats,
    payment,
)
from registrations.api.views.base import unknown_address

app_name = "api"

CATALOGUE = [
    path("conferences/", conference.ConferenceList.as_view(), name="conference-list"),
    path(
        "conferences/<slug:slug>/",
        conference.ConferenceDetail.as_view(),
        name="conference-detail",
    ),
    path(
        "conferences/<slug:slug>/seat-types/",
        conference.SeatTypeList.as_view(),
        name="seat-type-list",
    ),
    path(
        "conferences/<slug:slug>/orders/",
        order.OrderPlace.as_view(),
        name="order-place",
    ),
    path(
        "conferences/<slug:slug>/orders/find/",
        order.OrderFind.as_view(),
        name="order-find",
    ),
]
ORDERS = [
    path("", order.OrderDetail.as_view(), name="order-detail"),
    path("items/", order.OrderItems.as_view(), name="order-items"),
    path("registrant/", order.OrderRegistrant.as_view(), name="order-registrant"),
    path(
        "billing-address/",
        billing_address.OrderBillingAddress.as_view(),
        name="order-billing-address",
    ),
    path("documents/", document.DocumentList.as_view(), name="order-documents"),
    path(
        "documents/<uuid:document_id>/",
        document.DocumentFile.as_view(),
        name="order-document",
    ),
    path("payments/", payment.PaymentStart.as_view(), name="order-payments"),
    path(
        "payments/<uuid:payment_id>/",
        payment.PaymentDetail.as_view(),
        name="order-payment",
    ),
    path("confirm/", order.OrderConfirm.as_view(), name="order-confirm"),
    path("cancel/", cancellation.OrderCancel.as_view(), name="order-cancel"),
    path(
        "cancellation/",
        cancellation.OrderCancellation.as_view(),
        name="order-cancellation",
    ),
    path("seats/", order_seats.SeatList.as_view(), name="order-seats"),
    path("seats/<int:position>/", order_seats.SeatDetail.as_view(), name="order-seat"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    *CATALOGUE,
    path("orders/<uuid:order_id>/", include(ORDERS)),
    path(
        "sandbox/payments/<uuid:payment_id>/",
        payment.SandboxPayment.as_view(),
        name="sandbox-payment",
    ),
    path("schema/", documentation.Schema.as_view(), name="schema"),
    path("docs/", documentation.Docs.as_view(), name="docs"),
    path(
        "problems/<slug:code>/",
        documentation.ProblemTypeDetail.as_view(),
        name="problem-type",
    ),
    re_path("", unknown_address, name="unknown-address"),
]
