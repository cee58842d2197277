"""What organizers have to know of the orders that payments belong to.

This app does not know orders: the admin site that it is shown in may, and then offers
`orders(ids)`, `order_story(id)` and `case_steps()`; without them the pages say less.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from payments.admin.case_steps import CaseStep
    from payments.admin.story import Entry


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

    @property
    def time_zone(self) -> str: ...


def orders(site: Any, ids: Iterable[UUID]) -> Mapping[UUID, OrderFacts]:
    look_up = getattr(site, "orders", None)
    found: Mapping[UUID, OrderFacts] = look_up(set(ids)) if look_up else {}
    return found


def story_of(site: Any, order_id: UUID | None) -> Sequence[Entry]:
    """What the order itself says that happened to it."""
    tell = getattr(site, "order_story", None)
    return tell(order_id) if tell and order_id else ()


def case_steps(site: Any) -> Sequence[CaseStep]:
    """What can be done about cases by doing something with their orders."""
    offer = getattr(site, "case_steps", None)
    return offer() if offer else ()
