"""What a document says, put together from what holds at this moment."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings

from payments import services as payments
from registrations.documents.content import Account, Content, Line, Party
from registrations.domain.tax_parts import TaxPart
from registrations.domain.values import Money
from registrations.models.document import DocumentKind
from registrations.queries import conference_view, order_view, organization_view

if TYPE_CHECKING:
    from registrations.models.conference_view import ConferenceView
    from registrations.models.order_view import OrderLineView, OrderView


class NothingToDocument(Exception):
    """There is no such order, or its conference is not known."""


def sale(
    kind: DocumentKind, order_id: UUID, *, now: datetime, **more: Any
) -> tuple["OrderView", Content]:
    """An invoice or a receipt over the whole order, as it is and as it is called now.

    Raises NothingToDocument.
    """
    order, conference = _known(order_id)
    lines = [_line(line, order) for line in order.lines if line.reserved]
    seller = organization_view.organization(order.organization_id)
    return order, Content(
        kind=kind.value,
        label="",
        language=settings.LANGUAGE_CODE,
        issued_on=now.astimezone(conference.zone).date(),
        time_zone=conference.time_zone,
        currency=order.currency,
        seller=_seller(order.organization_id, conference),
        buyer=_buyer(order),
        conference=conference.name,
        starts_on=conference.starts_on,
        ends_on=conference.ends_on,
        location=conference.location,
        order_code=order.code,
        lines=lines,
        taxes=_taxes(lines, order.tax_name),
        net=order.net_total.amount,
        tax=order.tax_total.amount,
        total=order.total.amount,
        note=seller.invoice_note if seller else "",
        **more,
    )


def account_of(order_id: UUID) -> Account:
    """Where the conference of this order wants to be paid."""
    _order, conference = _known(order_id)
    return Account(
        holder=conference.account_holder,
        iban=conference.iban,
        bic=conference.bic,
        instructions=conference.payment_instructions,
    )


def _known(order_id: UUID) -> tuple["OrderView", "ConferenceView"]:
    order = order_view.order(order_id)
    conference = order and conference_view.conference_by_id(order.conference_id)
    if not (order and conference):
        raise NothingToDocument(order_id)
    return order, conference


def method_called(provider: str) -> str:
    labels = {one.code: one.label for one in payments.providers()}
    return labels.get(provider, provider)


def _seller(organization_id: UUID, conference: "ConferenceView") -> Party:
    organization = organization_view.organization(organization_id)
    if organization is None:
        return Party(name=conference.name, email=conference.contact_email)
    return Party(
        name=str(organization),
        street=organization.street,
        postcode=organization.postcode,
        city=organization.city,
        country=organization.country,
        tax_id=organization.tax_id,
        email=conference.contact_email,
    )


def _buyer(order: "OrderView") -> Party:
    address = order.billing_address
    if address is None:
        return Party(name=order.registrant_name)
    return Party(
        name=address.company or order.registrant_name,
        person=order.registrant_name if address.company else "",
        street=address.street,
        postcode=address.postcode,
        city=address.city,
        country=address.country,
        tax_id=address.tax_id,
    )


def _line(line: "OrderLineView", order: "OrderView") -> Line:
    price = Money.of(line.unit_price_amount * line.reserved, order.currency).amount
    return Line(
        name=line.name,
        quantity=line.reserved,
        unit_price=line.unit_price.amount,
        unit_price_includes_tax=price == line.line_total.amount,
        net=line.net.amount,
        tax=line.tax.amount,
        gross=line.line_total.amount,
        tax_rate=order.tax_rate,
    )


def _taxes(lines: Iterable[Line], tax_name: str) -> list[TaxPart]:
    """One sum for each rate, in the order of the lines."""
    sums: dict[Decimal | None, TaxPart] = {}
    for line in lines:
        before = sums.get(line.tax_rate)
        sums[line.tax_rate] = TaxPart(
            tax_name=tax_name if line.tax_rate is not None else "",
            rate=line.tax_rate,
            net=line.net + (before.net if before else 0),
            tax=line.tax + (before.tax if before else 0),
        )
    return list(sums.values())
