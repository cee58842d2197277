"""How accounts are written, and the code that banking apps read."""

from decimal import Decimal
from typing import Protocol

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from stdnum import iban

from payments.bank.epc_code import epc_code

register = template.Library()


class Account(Protocol):
    @property
    def account_holder(self) -> str: ...

    @property
    def iban(self) -> str: ...

    @property
    def bic(self) -> str: ...


class Payable(Protocol):
    @property
    def amount(self) -> Decimal: ...

    @property
    def currency(self) -> str: ...

    @property
    def reference(self) -> str: ...


@register.filter
def in_fours(account: str) -> str:
    """An IBAN as it is printed: in groups of four."""
    return str(iban.format(account)) if account else ""


@register.simple_tag
def epc_picture(account: Account, payment: Payable) -> SafeString | str:
    """Nothing where the standard has no code for this transfer.

    Black on white whatever the page's colours are, or no camera would read it.
    """
    code = epc_code(
        holder=account.account_holder,
        iban=account.iban,
        bic=account.bic,
        amount=payment.amount,
        currency=payment.currency,
        reference=payment.reference,
    )
    if code is None:
        return ""
    drawing = code.svg_inline(omitsize=True, border=4, dark="#000", light="#fff")
    label = _("QR code with this transfer, for your banking app")
    return format_html(
        '<div class="epc-code" role="img" aria-label="{}">{}</div>',
        label,
        mark_safe(drawing),  # noqa: S308 (made of modules, nothing of it was typed)
    )
