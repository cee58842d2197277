"""Which providers exist, and which of them the site offers."""

from django.conf import settings

from payments.errors import PaymentError
from payments.gateways.base import Gateway
from payments.gateways.invoice import InvoiceGateway
from payments.gateways.sandbox import SandboxGateway
from payments.gateways.stripe import StripeGateway

GATEWAYS: dict[str, Gateway] = {
    gateway.code: gateway
    for gateway in (SandboxGateway(), InvoiceGateway(), StripeGateway())
}


class UnknownProvider(PaymentError):
    """There is no such provider, or the site does not offer it."""

    code = "unknown-provider"


def enabled() -> list[Gateway]:
    """What a registrant may choose from, in the order of settings.PAYMENT_PROVIDERS."""
    return [known(code) for code in settings.PAYMENT_PROVIDERS]


def is_offered(code: str) -> bool:
    return code in settings.PAYMENT_PROVIDERS


def offered(code: str) -> Gateway:
    """The gateway for something new: a payment, a callback."""
    if not is_offered(code):
        raise UnknownProvider("This payment method is not offered.")
    return known(code)


def known(code: str) -> Gateway:
    """The gateway of a payment that exists, also when it is no longer offered."""
    try:
        return GATEWAYS[code]
    except KeyError:
        raise UnknownProvider("There is no such payment method.") from None
