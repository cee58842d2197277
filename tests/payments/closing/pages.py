"""Pages to close, and an order that changes its mind."""

from typing import Any

from payments import services
from payments.errors import NotWanted
from payments.models import Payment, ProviderCall
from tests.factories.payments import started
from tests.payments.providers import RemoteProvider
from tests.payments.stripe_provider import StripeProvider

Closing = RemoteProvider | StripeProvider
CLOSING = {"remote": RemoteProvider, "stripe": StripeProvider}


class Wishes:
    """Whether the order wants money; it may change its mind while a page is made."""

    is_wanted = True
    asked = 0
    ends_after = 10**6

    def tell(self, sender: object, **_: object) -> None:
        self.asked += 1
        if not self.is_wanted or self.asked > self.ends_after:
            raise NotWanted


def begun(provider: Closing, **changes: Any) -> Payment:
    return services.begin_payment(started(provider=provider.code, **changes).pk)


def outcomes() -> list[str]:
    calls = ProviderCall.objects.filter(operation="close").order_by("pk")
    return list(calls.values_list("outcome", flat=True))
