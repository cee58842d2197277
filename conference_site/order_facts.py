"""What the pages of payments say about the orders that they belong to."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from registrations.queries import conference_view, order_view


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """An order in plain values, for an app that does not know orders."""

    code: str
    status: str
    status_in_words: str
    registrant: str
    email: str
    conference: str
    total: Decimal
    currency: str
    time_zone: str = "UTC"


def order_facts(ids: set[UUID]) -> dict[UUID, OrderFacts]:
    rows = list(order_view.orders().filter(pk__in=ids))
    conferences = {
        id: found
        for id in {row.conference_id for row in rows}
        if (found := conference_view.conference_by_id(id))
    }
    return {
        row.pk: OrderFacts(
            code=row.code,
            status=row.status,
            status_in_words=row.get_status_display(),
            registrant=row.registrant_name or row.email,
            email=row.email,
            conference=conference.name if conference else "",
            total=row.total.amount,
            currency=row.currency,
            time_zone=conference.time_zone if conference else "UTC",
        )
        for row in rows
        for conference in [conferences.get(row.conference_id)]
    }
