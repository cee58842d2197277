"""The sandbox's page and the providers' callbacks."""

from django.urls import path

from payments.web import views

app_name = "payments"

urlpatterns = [
    path("sandbox/payments/<uuid:payment_id>/", views.sandbox, name="sandbox"),
    path("payments/<uuid:payment_id>/", views.start, name="start"),
    path("payments/callbacks/<str:provider>/", views.callback, name="callback"),
]
