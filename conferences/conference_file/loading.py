"""Makes the stored conference what its file says; doing it twice changes nothing."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from conferences import services
from conferences.conference_file.nodes import FileInvalid
from conferences.conference_file.reading import ConferenceFile, Values
from conferences.models import CancellationTier, Conference, Organization, SeatType
from conferences.signals import ChangeRefused

# What a key that is left out means.
CONFERENCE_DEFAULTS: Mapping[str, Any] = {
    "tagline": "",
    "description": "",
    "location": "",
    "replacement_url": "",
    "contact_email": "",
    "payment_instructions": "",
    "account_holder": "",
    "iban": "",
    "bic": "",
    "hold_minutes": 15,
    "seat_assignment_until": None,
    "cancellation_until": None,
    "tax_name": "",
    "tax_rate": None,
}
SEAT_TYPE_DEFAULTS: Mapping[str, Any] = {
    "description": "",
    "price_includes_tax": True,
    "max_per_order": 20,
    "on_sale_from": None,
    "on_sale_until": None,
    "is_closed": False,
}
LEAD_TIME = timedelta(weeks=8)
YEAR = timedelta(weeks=52)


@dataclass
class Report:
    """What the import did, by name."""

    conference: Conference
    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    not_in_file: list[str] = field(default_factory=list)

    @property
    def changed_nothing(self) -> bool:
        return not (self.created or self.updated)

    def note(self, name: str, *, before: Any, after: Any) -> None:
        if before is None:
            self.created.append(name)
        elif before != after:
            self.updated.append(name)
        else:
            self.unchanged.append(name)


def shift_to_coming_year(today: date) -> Callable[[str, date], timedelta]:
    """Whole weeks, so that each weekday stays; all sales windows move along.

    The new start is about eight weeks ahead, when early-bird prices are still on sale.
    A conference that was moved before stays where it is as long as it lies ahead.
    """

    def shift_for(slug: str, start: date) -> timedelta:
        stored = Conference.objects.filter(slug__iexact=slug).first()
        if stored and stored.starts_on > today:
            already = stored.starts_on - start
            if already.days % 7 == 0:
                return already
        if today + LEAD_TIME <= start <= today + YEAR:
            return timedelta(0)
        weeks = -((start - today - LEAD_TIME).days // 7)
        return timedelta(weeks=weeks)

    return shift_for


@transaction.atomic
def store(file: ConferenceFile, *, now: datetime) -> Report:
    """Raises FileInvalid with the place in the file; then nothing was stored.

    Seat types are recognised by name. Those the file does not mention stay as they
    are, because orders may refer to them.
    """
    organization = _store_organization(file.organization)
    slug = file.conference.fields["slug"]
    stored = Conference.objects.filter(slug=slug).first()
    if stored and stored.organization_id != organization.pk:
        node = file.conference.nodes["slug"]
        raise node.invalid(_("Another organization has a conference of this slug."))
    before = _with_tiers(stored)
    report = Report(_store_conference(file.conference, stored, organization))
    _store_cancellation_tiers(file, report.conference)
    report.note(slug, before=before, after=_with_tiers(report.conference))
    _store_seat_types(file.seat_types, report)
    _store_publication(file, report, now=now)
    return report


def _store_organization(values: Values) -> Organization:
    slug, name = values.fields["slug"], values.fields["name"]
    stored = Organization.objects.filter(slug=slug).first()
    organization = stored or Organization(slug=slug)
    if stored and stored.name == name:
        return stored
    organization.name = name
    with _located(values):
        organization.full_clean()
    organization.save()
    return organization


def _store_conference(
    values: Values, stored: Conference | None, organization: Organization
) -> Conference:
    fields = {**CONFERENCE_DEFAULTS, **values.fields}
    with _located(values):
        if stored is None:
            return services.create_conference(
                organization_id=organization.pk, fields=fields
            )
        return services.update_conference(conference_id=stored.pk, changes=fields)


def _store_cancellation_tiers(file: ConferenceFile, conference: Conference) -> None:
    """All of them at once; what one alone can be wrong about is said at its place."""
    seen = set()
    for values in file.cancellation_tiers:
        tier = CancellationTier(conference=conference, **values.fields)
        with _located(values):
            tier.full_clean(validate_unique=False, validate_constraints=False)
        if tier.days_before in seen:
            raise values.nodes["days_before"].invalid(
                _("Another tier begins on this day.")
            )
        seen.add(tier.days_before)
    with _located(file.conference):
        services.set_cancellation_tiers(
            conference_id=conference.pk,
            tiers=[values.fields for values in file.cancellation_tiers],
        )


def _store_seat_types(files: list[Values], report: Report) -> None:
    conference = report.conference
    by_name = {row.name.casefold(): row for row in conference.seat_types.all()}
    for values in files:
        stored = by_name.pop(values.fields["name"].casefold(), None)
        before = _row(stored)
        fields = {**SEAT_TYPE_DEFAULTS, **values.fields}
        with _located(values):
            if stored is None:
                row = services.add_seat_type(conference_id=conference.pk, fields=fields)
            else:
                row = services.update_seat_type(seat_type_id=stored.pk, changes=fields)
        report.note(row.name, before=before, after=_row(row))
    report.not_in_file = sorted(row.name for row in by_name.values())


def _store_publication(file: ConferenceFile, report: Report, *, now: datetime) -> None:
    conference = report.conference
    if file.publish is None or file.publish == conference.is_published:
        return
    if file.publish:
        report.conference = services.publish(conference_id=conference.pk, now=now)
        report.updated.append(_("published"))
    else:
        report.conference = services.unpublish(conference_id=conference.pk)
        report.updated.append(_("unpublished"))


def _row(row: Conference | SeatType | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}


def _with_tiers(row: Conference | None) -> dict[str, Any] | None:
    values = _row(row)
    if row is not None and values is not None:
        tiers = row.cancellation_tiers.order_by("days_before")
        values["cancellation_tiers"] = [tier.terms for tier in tiers]
    return values


@contextmanager
def _located(values: Values) -> Iterator[None]:
    """Says of a refusal where in the file its cause stands."""
    try:
        yield
    except ChangeRefused as refusal:
        node = values.nodes.get(refusal.field, values.node)
        raise node.invalid(refusal.message) from refusal
    except ValidationError as error:
        raise _first(error, values) from error


def _first(error: ValidationError, values: Values) -> FileInvalid:
    by_field = error.message_dict if hasattr(error, "error_dict") else {}
    name, sentences = next(iter(by_field.items()), ("", error.messages))
    return values.nodes.get(name, values.node).invalid(sentences[0])
