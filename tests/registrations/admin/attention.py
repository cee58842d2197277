"""The pages of cases as tests use them."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from payments.models import Case

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
