"""The pages of cases as tests use them, and what providers say of payments."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from payments.gateways.base import CallbackFact, Outcome
from payments.models import Case, Payment

LIST = "/admin/payments/case/"
Kind = Case.Kind


def page(case: Case) -> str:
    return reverse("admin:payments_case_change", args=[case.pk])


def do(client: Client, name: str, case: Case, **form: str) -> Any:
    address = reverse(f"admin:payments_case_{name}", args=[case.pk])
    return client.post(address, form, follow=True)


def offered(client: Client, case: Case) -> list[str]:
    html = client.get(page(case)).content.decode()
    return re.findall(r'<a class="button" href="\.\./([a-z-]+)/">', html)


def fact(payment: Payment, outcome: Outcome, **said: Any) -> CallbackFact:
    values: dict[str, Any] = {
        "event_id": f"evt-{outcome}",
        "payment_id": payment.pk,
        "order_id": payment.order_id,
        "outcome": outcome,
        "amount": payment.amount,
        "currency": payment.currency,
    }
    return CallbackFact(**values | said)
