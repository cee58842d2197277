"""Documents: numbered without gaps, unchanged, adding up, and there where they must be.

What is owed to whom is taken from the events; the documents have to say the same.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.migrations.recorder import MigrationRecorder
from django.db.models import CharField, Count, F, Func, Max, Min, Q, Sum, Value
from django.db.models.functions import Coalesce

from eventstore.models import Event
from registrations.models.document import Document, DocumentSeries, digest_of
from registrations.models.order_view import OrderView
from registrations.queries.document import SALES, documents
from registrations.queries.invariants.problem import Problem

ZERO = Decimal(0)


def problems() -> Iterator[Problem]:
    yield from _series()
    yield from _files()
    for document in documents().order_by("pk").iterator():
        yield from _content(document)
    yield from _corrections()
    yield from _sales()
    yield from _refunds()


def _of(document: Document) -> str:
    return f"document {document.pk} ({document.label})"


def _series() -> Iterator[Problem]:
    last = {
        (row.organization_id, row.kind): row.last
        for row in DocumentSeries.objects.all()
    }
    counted = Document.objects.values("organization_id", "kind").annotate(
        count=Count("pk"), first=Min("number"), highest=Max("number")
    )
    for row in counted.order_by("organization_id", "kind"):
        known = last.pop((row["organization_id"], row["kind"]), 0)
        if not (row["first"] == 1 and row["count"] == row["highest"] == known):
            yield Problem(
                "document-numbers-without-gap",
                f"series {row['kind']} of organization {row['organization_id']}",
                f"{row['count']} documents numbered {row['first']} to"
                f" {row['highest']}, the last number given is {known}.",
            )
    for organization_id, kind in last:
        yield Problem(
            "document-numbers-without-gap",
            f"series {kind} of organization {organization_id}",
            "Numbers were given, but there is no document.",
        )


def _files() -> Iterator[Problem]:
    digest = Func(
        Func(F("pdf"), function="sha256"),
        Value("hex"),
        function="encode",
        output_field=CharField(),
    )
    changed = documents().filter(pdf__isnull=False).exclude(pdf_digest=digest)
    for document in changed.order_by("pk"):
        yield Problem(
            "document-file-unchanged", _of(document), "The file is another one."
        )


def _content(document: Document) -> Iterator[Problem]:
    content: dict[str, Any] = document.content
    if digest_of(content) != document.digest:
        yield Problem(
            "document-content-unchanged", _of(document), "The content has changed."
        )
    totals = (document.net, document.tax, document.total)
    said = tuple(Decimal(content[name]) for name in ("net", "tax", "total"))
    lines = _sum(content["lines"], gross=lambda line: Decimal(line["gross"]))
    taxes = _sum(content["taxes"], gross=_gross)
    if not totals == said == lines == taxes:
        yield Problem(
            "document-sums-differ",
            _of(document),
            f"{totals} on record, {said} printed, lines {lines}, taxes {taxes}.",
        )


def _gross(part: dict[str, Any]) -> Decimal:
    return Decimal(part["net"]) + Decimal(part["tax"])


def _sum(parts: list[dict[str, Any]], *, gross: Any) -> tuple[Decimal, ...]:
    net = sum((Decimal(part["net"]) for part in parts), ZERO)
    tax = sum((Decimal(part["tax"]) for part in parts), ZERO)
    return net, tax, sum(map(gross, parts), ZERO)


def _corrections() -> Iterator[Problem]:
    """A credit note takes back something of its own order, and no more than it was."""
    strange = (
        documents()
        .filter(kind=Document.Kind.CREDIT_NOTE)
        .exclude(
            corrects__kind__in=list(SALES),
            corrects__order_id=F("order_id"),
            corrects__organization_id=F("organization_id"),
            corrects__currency=F("currency"),
        )
    )
    for document in strange.order_by("pk"):
        yield Problem(
            "credit-note-corrects-a-sale", _of(document), "It corrects no such one."
        )
    credited = documents().annotate(
        credited=Sum("corrections__total"),
        net_credited=Sum("corrections__net"),
        tax_credited=Sum("corrections__tax"),
    )
    beyond = credited.filter(
        Q(credited__gt=F("total"))
        | Q(credited=F("total"))
        & (~Q(net_credited=F("net")) | ~Q(tax_credited=F("tax")))
    )
    for document in beyond.order_by("pk"):
        yield Problem(
            "corrections-never-exceed",
            _of(document),
            f"{document.total} ({document.net} and {document.tax} of tax), taken back"
            f" {document.credited} ({document.net_credited} and"
            f" {document.tax_credited}).",
        )


def _sales() -> Iterator[Problem]:
    """Who paid has a document over it; what nobody pays any more is taken back."""
    paid = _paid()
    for order_id, payment_id in sorted(_paid(since=_introduced()).items()):
        of_order = documents().filter(kind__in=list(SALES), order_id=order_id)
        if not of_order.filter(payment_id=payment_id).exists():
            yield Problem(
                "paid-order-has-its-document",
                f"order {order_id}",
                f"There is none over payment {payment_id}.",
            )
    settled = OrderView.objects.filter(status__in=["confirmed", "expired", "cancelled"])
    unpaid = (
        documents()
        .annotate(credited=Coalesce(Sum("corrections__total"), ZERO))
        .filter(kind=Document.Kind.INVOICE, credited__lt=F("total"))
    )
    for document in unpaid.filter(order_id__in=settled.values("pk")).order_by("pk"):
        if paid.get(str(document.order_id)) != str(document.payment_id):
            yield Problem(
                "unpaid-invoice-is-taken-back",
                _of(document),
                "Its order is settled without it.",
            )


def _refunds() -> Iterator[Problem]:
    """As much as went back of the money that paid an order, credit notes say."""
    sales = documents().filter(kind__in=list(SALES), payment_id__isnull=False)
    documented = {str(id) for id in sales.values_list("payment_id", flat=True)}
    paid = documented & set(_paid().values())
    returned: defaultdict[str, Decimal] = defaultdict(Decimal)
    events = Event.objects.filter(type="order-payment-refunded")
    for payment_id, amount in events.values_list("data__payment_id", "data__amount"):
        if payment_id in paid:
            returned[payment_id] += Decimal(amount)
    notes = documents().filter(kind=Document.Kind.CREDIT_NOTE, refund_id__isnull=False)
    credited = {
        str(row["payment_id"]): row["total"]
        for row in notes.values("payment_id").annotate(total=Sum("total"))
    }
    for payment_id in sorted({*returned, *credited}):
        if returned[payment_id] != credited.get(payment_id, ZERO):
            yield Problem(
                "refunds-have-credit-notes",
                f"payment {payment_id}",
                f"Given back {returned[payment_id]}, credit notes say"
                f" {credited.get(payment_id, ZERO)}.",
            )


def _introduced() -> datetime | None:
    """Since when documents are issued: what was paid before has none."""
    applied = MigrationRecorder.Migration.objects.filter(
        app="registrations", name="0008_documents"
    )
    return applied.values_list("applied", flat=True).first()


def _paid(*, since: datetime | None = None) -> dict[str, str]:
    """Which payment paid each order."""
    events = Event.objects.filter(type="order-paid")
    if since:
        events = events.filter(recorded_at__gte=since)
    return dict(events.values_list("data__order_id", "data__payment_id"))
