"""Everything that may change a conference: one function, one transaction.

Each function locks the conference's row first, so that two organizers come one after
the other, checks the whole row again (`django.core.exceptions.ValidationError` with
the fields), saves what really differs and announces it in the same transaction.
Doing something twice changes and announces nothing the second time. What may not be
done is refused with a `ChangeRefused`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from conferences import announcements, signals
from conferences.models import CancellationTier, Conference, Organization, SeatType
from conferences.signals import ChangeRefused
from conferences.validators import fits_minor_unit

CONFERENCE_FIELDS = frozenset(announcements.CONFERENCE_VALUES) - {"organization_id"}
ORGANIZATION_FIELDS = frozenset(announcements.ORGANIZATION_VALUES) | {"slug"}
SEAT_TYPE_FIELDS = frozenset(announcements.SEAT_TYPE_VALUES) - {"conference_id"}


class SlugFixed(ChangeRefused):
    """The slug is part of addresses that others keep (domain rules, section 3)."""

    def __init__(self) -> None:
        super().__init__("slug", _("The slug cannot be changed after creation."))


class ConferenceStays(ChangeRefused):
    """Once published, orders may refer to it for ever (domain rules, section 3)."""

    def __init__(self) -> None:
        super().__init__(
            "conference",
            _("A conference that was published cannot be deleted. Unpublish it."),
        )


class SeatTypeStays(ChangeRefused):
    """Once announced, orders may refer to it for ever (domain rules, section 3)."""

    def __init__(self) -> None:
        super().__init__(
            "seat_type",
            _(
                "A seat type cannot be deleted after the conference's first"
                " publication. Close it instead."
            ),
        )


@transaction.atomic
def update_organization(
    *, organization_id: UUID, changes: Mapping[str, Any]
) -> Organization:
    """Change some fields; documents issued from now on show them."""
    _only(ORGANIZATION_FIELDS, changes)
    rows = Organization.objects.select_for_update(no_key=True)
    organization = rows.get(pk=organization_id)
    if differing := _apply(organization, changes):
        organization.save(update_fields=differing)
        announcements.organization_updated(organization)
    return organization


@transaction.atomic
def create_conference(
    *, organization_id: UUID, fields: Mapping[str, Any]
) -> Conference:
    """A new conference; always unpublished."""
    _only(CONFERENCE_FIELDS, fields)
    organization = Organization.objects.get(pk=organization_id)
    conference = Conference(organization=organization, **fields)
    conference.full_clean()
    try:
        with transaction.atomic():
            conference.save(force_insert=True)
    except IntegrityError as error:
        # Somebody took the slug between our look and our insert.
        raise ValidationError(
            {"slug": _("Another conference has this slug.")}
        ) from error
    announcements.conference_created(conference)
    return conference


@transaction.atomic
def update_conference(*, conference_id: UUID, changes: Mapping[str, Any]) -> Conference:
    """Change some fields; those not named stay as they are.

    Raises SlugFixed, and ChangeRefused when a receiver vetoes another currency.
    """
    _only(CONFERENCE_FIELDS, changes)
    conference = _locked(conference_id)
    if changes.get("slug", conference.slug) != conference.slug:
        raise SlugFixed
    differing = _apply(conference, changes)
    if "currency" in differing:
        check_currency_change(conference)
    if differing:
        conference.save(update_fields=differing)
        announcements.conference_updated(conference)
    return conference


@transaction.atomic
def set_cancellation_tiers(
    *, conference_id: UUID, tiers: Sequence[Mapping[str, Any]]
) -> Conference:
    """The terms on which seats are given back from now on; replaces those that were.

    Each is a `CancellationTier.terms`. The same again changes and announces nothing.
    """
    conference = _locked(conference_id)
    stored = {tier.days_before: tier for tier in conference.cancellation_tiers.all()}
    rows = [CancellationTier(conference=conference, **terms) for terms in tiers]
    if _by_days(rows) == _by_days(stored.values()):
        return conference
    wanted = [row.days_before for row in rows]
    conference.cancellation_tiers.exclude(days_before__in=wanted).delete()
    for row in rows:
        row.pk = stored[row.days_before].pk if row.days_before in stored else row.pk
        row._state.adding = row.days_before not in stored
        row.full_clean()
        row.save()
    announcements.conference_updated(conference)
    return conference


def check_currency_change(conference: Conference) -> None:
    """The instance has its new currency already, its row still the old one.

    Raises ChangeRefused when a receiver vetoes (an order exists), and ValidationError
    when the new currency has no room for the decimals of a price.
    """
    propose_currency_change(conference.pk)
    for tier in conference.cancellation_tiers.filter(fee_per_seat__isnull=False):
        if not fits_minor_unit(tier.fee_per_seat or Decimal(0), conference.currency):
            message = _(
                "The cancellation fee has more decimal places than %s: round it first."
            )
            raise ValidationError({"currency": message % conference.currency})
    for seat_type in conference.seat_types.order_by("position", "pk"):
        if not fits_minor_unit(seat_type.price, conference.currency):
            message = _(
                "The price %(price)s of “%(name)s” has more decimal places than"
                " %(currency)s: round it first."
            ) % {
                "price": f"{seat_type.price.normalize():f}",
                "name": seat_type.name,
                "currency": conference.currency,
            }
            raise ValidationError({"currency": message})


def propose_currency_change(conference_id: UUID) -> None:
    """Raises ChangeRefused if another currency would be vetoed."""
    signals.currency_change_proposed.send(
        sender=Conference, conference_id=conference_id
    )


@transaction.atomic
def delete_conference(*, conference_id: UUID) -> None:
    """Raises ConferenceStays once it was published."""
    conference = _locked(conference_id)
    if conference.first_published_at:
        raise ConferenceStays
    conference.delete()
    signals.conference_deleted.send(sender=Conference, conference_id=conference_id)


@transaction.atomic
def publish(*, conference_id: UUID, now: datetime) -> Conference:
    """Open the conference. The first time its seat types are announced before."""
    conference = _locked(conference_id)
    if conference.is_published:
        return conference
    is_first_time = conference.first_published_at is None
    conference.is_published = True
    conference.first_published_at = conference.first_published_at or now
    conference.save(update_fields=["is_published", "first_published_at"])
    if is_first_time:
        for seat_type in conference.seat_types.order_by("position", "pk"):
            announcements.seat_type_created(seat_type)
    signals.conference_published.send(sender=Conference, conference_id=conference_id)
    return conference


@transaction.atomic
def unpublish(*, conference_id: UUID, replacement_url: str | None = None) -> Conference:
    """Close the conference to the public; confirmed orders stay reachable.

    Visitors are sent to the replacement address; None leaves it as it was.
    """
    conference = _locked(conference_id)
    if conference.is_published:
        conference.is_published = False
        conference.save(update_fields=["is_published"])
        signals.conference_unpublished.send(
            sender=Conference, conference_id=conference_id
        )
    if replacement_url is None:
        return conference
    changes = {"replacement_url": replacement_url}
    return update_conference(conference_id=conference_id, changes=changes)


@transaction.atomic
def add_seat_type(*, conference_id: UUID, fields: Mapping[str, Any]) -> SeatType:
    """Announced at once if the conference was ever published, else at publication."""
    _only(SEAT_TYPE_FIELDS, fields)
    conference = _locked(conference_id)
    seat_type = SeatType(conference=conference, **fields)
    if "position" not in fields:
        last = conference.seat_types.aggregate(last=models.Max("position"))["last"]
        seat_type.position = 0 if last is None else last + 1
    seat_type.full_clean()
    seat_type.save(force_insert=True)
    if conference.first_published_at:
        announcements.seat_type_created(seat_type)
    return seat_type


@transaction.atomic
def update_seat_type(*, seat_type_id: UUID, changes: Mapping[str, Any]) -> SeatType:
    """Change some fields. The quota may also go below what is sold."""
    _only(SEAT_TYPE_FIELDS, changes)
    conference, seat_type = _locked_seat_type(seat_type_id)
    differing = _apply(seat_type, changes)
    if differing:
        seat_type.save(update_fields=differing)
        if conference.first_published_at:
            announcements.seat_type_updated(seat_type)
    return seat_type


@transaction.atomic
def delete_seat_type(*, seat_type_id: UUID) -> None:
    """Raises SeatTypeStays once the conference was published."""
    conference, seat_type = _locked_seat_type(seat_type_id)
    if conference.first_published_at:
        raise SeatTypeStays
    seat_type.delete()


def _locked(conference_id: UUID) -> Conference:
    return Conference.objects.select_for_update(no_key=True).get(pk=conference_id)


def _locked_seat_type(seat_type_id: UUID) -> tuple[Conference, SeatType]:
    """The conference is locked before the seat type is read: never a stale row."""
    conference = Conference.objects.select_for_update(no_key=True, of=("self",)).get(
        seat_types=seat_type_id
    )
    seat_type = SeatType.objects.get(pk=seat_type_id)
    seat_type.conference = conference
    return conference, seat_type


def _by_days(tiers: Iterable[CancellationTier]) -> list[dict[str, Any]]:
    return [tier.terms for tier in sorted(tiers, key=lambda one: one.days_before)]


def _only(known: frozenset[str], given: Mapping[str, Any]) -> None:
    if unknown := sorted(given.keys() - known):
        raise TypeError(f"These cannot be set: {', '.join(unknown)}")


def _apply(row: models.Model, changes: Mapping[str, Any]) -> list[str]:
    """Set and check; return the names of the fields that really differ."""
    before = {name: getattr(row, name) for name in changes}
    for name, value in changes.items():
        setattr(row, name, value)
    row.full_clean()
    return [name for name in changes if getattr(row, name) != before[name]]
