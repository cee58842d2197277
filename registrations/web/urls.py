"""The addresses of the registrants' pages."""

from django.urls import path

from registrations.web.views import (
    cancellation,
    checkout,
    conference,
    document,
    order,
    payment,
    seat_assignments,
    seat_selection,
)

app_name = "registrations"
urlpatterns = [
    path("", conference.conferences, name="conferences"),
    path("conferences/<slug:slug>/", conference.conference, name="conference"),
    path(
        "conferences/<slug:slug>/register/",
        seat_selection.seat_selection,
        name="seat-selection",
    ),
    path("conferences/<slug:slug>/orders/find/", order.order_find, name="order-find"),
    path("orders/find/", conference.orders_find, name="orders-find"),
    path("orders/open/<str:token>/", order.order_open, name="order-open"),
    path("orders/<uuid:order_id>/", order.order, name="order"),
    path(
        "orders/<uuid:order_id>/change/",
        seat_selection.order_change,
        name="order-change",
    ),
    path("orders/<uuid:order_id>/checkout/", checkout.checkout, name="checkout"),
    path("orders/<uuid:order_id>/pay/", checkout.pay, name="pay"),
    path(
        "orders/<uuid:order_id>/payments/<uuid:payment_id>/",
        payment.payment,
        name="payment",
    ),
    path(
        "orders/<uuid:order_id>/documents/<uuid:document_id>/",
        document.document,
        name="document",
    ),
    path("orders/<uuid:order_id>/thank-you/", order.thank_you, name="thank-you"),
    path(
        "orders/<uuid:order_id>/seats/", seat_assignments.seats, name="seat-assignments"
    ),
    path("orders/<uuid:order_id>/cancel/", cancellation.cancel, name="cancel"),
]
