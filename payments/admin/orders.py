"""What organizers have to know of the orders that payments belong to.

This app does not know orders: the admin site that it is shown in may, and then offers
`orders(ids)`; without it the pages say less.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID


class OrderFacts(Protocol):
    """An order as the site describes it; `status` as in the domain's rules."""

    @property
    def code(self) -> str: ...

    @property
    def status(self) -> str: ...

    @property
    def status_in_words(self) -> str: ...

    @property
    def registrant(self) -> str: ...

    @property
    def email(self) -> str: ...

    @property
    def conference(self) -> str: ...

    @property
    def total(self) -> Decimal: ...

    @property
    def currency(self) -> str: ...


def orders(site: Any, ids: Iterable[UUID]) -> Mapping[UUID, OrderFacts]:
    look_up = getattr(site, "orders", None)
    found: Mapping[UUID, OrderFacts] = look_up(set(ids)) if look_up else {}
    return found
