"""What a conference file says, in the terms of the models."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from conferences.conference_file import local_time
from conferences.conference_file.nodes import Node, items_of, keys_of, read
from conferences.validators import validate_time_zone

T = TypeVar("T")
NOT_SHIFTED = timedelta(0)


@dataclass(frozen=True)
class Values:
    """Model fields, and for each the node that gave it."""

    node: Node
    fields: dict[str, Any] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)


@dataclass(frozen=True)
class ConferenceFile:
    organization: Values
    conference: Values
    cancellation_tiers: list[Values]
    seat_types: list[Values]
    publish: bool | None


def read_file(
    text: str, *, is_json: bool, shift_for: Callable[[str, date], timedelta] | None
) -> ConferenceFile:
    """`shift_for(slug, start)` says by how much all dates are to be moved.

    Raises FileInvalid; unknown keys are errors, because a misspelt one would otherwise
    be silently without effect.
    """
    root = read(text, is_json=is_json)
    top = _Reader(root)
    organization = _organization(_Reader(top.required("organization")))
    publish = top.take("publish", "publish", _boolean)
    conference = _Reader(top.required("conference"))
    start = conference.peek("starts_on", _day)
    slug = conference.peek("slug", _text)
    shift = shift_for(slug, start) if shift_for else NOT_SHIFTED
    zone = conference.peek("time_zone", _zone)
    seat_types = top.nodes.get("seat_types")
    tiers = conference.nodes.get("cancellation_tiers")
    top.taken |= {"seat_types"}
    top.refuse_others()
    return ConferenceFile(
        organization=organization,
        conference=_conference(conference, zone, shift),
        cancellation_tiers=[
            _cancellation_tier(_Reader(node))
            for node in (items_of(tiers) if tiers and tiers.content is not None else [])
        ],
        seat_types=[
            _seat_type(_Reader(node), zone, shift, position)
            for position, node in enumerate(items_of(seat_types) if seat_types else [])
        ],
        publish=publish,
    )


class _Reader:
    """Takes keys out of a mapping and remembers which."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.nodes: Mapping[str, Node] = keys_of(node)
        self.taken: set[str] = set()
        self.values = Values(node)

    def required(self, key: str) -> Node:
        if key not in self.nodes:
            raise self.node.invalid(_("“%s” is missing.") % key)
        self.taken.add(key)
        return self.nodes[key]

    def peek(self, key: str, parse: Callable[[Node], T]) -> T:
        return parse(self.required(key))

    def take(self, key: str, name: str, parse: Callable[[Node], T]) -> T | None:
        """Read an optional key into the model field of that name."""
        self.taken.add(key)
        node = self.nodes.get(key)
        if node is None or node.content is None:
            return None
        value = parse(node)
        self.values.fields[name] = value
        self.values.nodes[name] = node
        return value

    def take_required(self, key: str, name: str, parse: Callable[[Node], T]) -> None:
        self.required(key)
        if self.take(key, name, parse) is None:
            raise self.nodes[key].invalid(_("A value is missing."))

    def refuse_others(self) -> None:
        for key, node in self.nodes.items():
            if key not in self.taken:
                raise node.invalid(_("There is no such key here."))


def _organization(reader: _Reader) -> Values:
    reader.take_required("name", "name", _text)
    reader.take_required("slug", "slug", _text)
    reader.refuse_others()
    return reader.values


OPTIONAL_TEXTS = (
    "tagline",
    "description",
    "location",
    "replacement_url",
    "contact_email",
    "payment_instructions",
    "account_holder",
    "iban",
    "bic",
)


def _conference(reader: _Reader, zone: ZoneInfo, shift: timedelta) -> Values:
    def until(node: Node) -> Any:
        return _moment(node, local_time.until_moment, zone, shift)

    def shifted_day(node: Node) -> date:
        return _day(node) + shift

    for key in ("name", "slug", "time_zone", "currency"):
        reader.take_required(key, key, _text)
    for key in ("starts_on", "ends_on"):
        reader.take_required(key, key, shifted_day)
    for key in OPTIONAL_TEXTS:
        reader.take(key, key, _text)
    reader.take("hold_minutes", "hold_minutes", _integer)
    for key in ("seat_assignment_until", "cancellation_until"):
        reader.take(key, key, until)
    reader.taken |= {"tax", "cancellation_tiers"}
    if (tax := reader.nodes.get("tax")) and tax.content is not None:
        tax_reader = _Reader(tax)
        tax_reader.take_required("name", "tax_name", _text)
        tax_reader.take_required("rate", "tax_rate", _decimal)
        tax_reader.refuse_others()
        reader.values.fields.update(tax_reader.values.fields)
        reader.values.nodes.update(tax_reader.values.nodes)
    reader.refuse_others()
    return reader.values


def _cancellation_tier(reader: _Reader) -> Values:
    reader.take_required("days_before", "days_before", _integer)
    reader.take("percent_kept", "percent_kept", _decimal)
    reader.take("fee_per_seat", "fee_per_seat", _decimal)
    reader.refuse_others()
    return reader.values


def _seat_type(
    reader: _Reader, zone: ZoneInfo, shift: timedelta, position: int
) -> Values:
    def since(node: Node) -> Any:
        return _moment(node, local_time.from_moment, zone, shift)

    def until(node: Node) -> Any:
        return _moment(node, local_time.until_moment, zone, shift)

    reader.take_required("name", "name", _text)
    reader.take_required("price", "price", _decimal)
    reader.take_required("quota", "quota", _integer)
    reader.take("description", "description", _text)
    reader.take("price_includes_tax", "price_includes_tax", _boolean)
    reader.take("max_per_order", "max_per_order", _integer)
    reader.take("from", "on_sale_from", since)
    reader.take("until", "on_sale_until", until)
    reader.take("closed", "is_closed", _boolean)
    reader.refuse_others()
    reader.values.fields["position"] = position
    return reader.values


def _text(node: Node) -> str:
    if not isinstance(node.content, str):
        raise node.invalid(_("A single value is expected here."))
    return node.content.strip()


def _boolean(node: Node) -> bool:
    if not isinstance(node.content, bool):
        raise node.invalid(_("Write true or false here."))
    return node.content


def _integer(node: Node) -> int:
    text = _text(node)
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise node.invalid(_("“%s” is no whole number from 0 on.") % text)
    return int(text)


def _decimal(node: Node) -> Decimal:
    text = _text(node)
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise node.invalid(_("“%s” is no number.") % text)
    return number


def _day(node: Node) -> date:
    text = _text(node)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = _("“%s” is no day. Write it like 2024-07-08.") % text
        raise node.invalid(message) from error


def _zone(node: Node) -> ZoneInfo:
    name = _text(node)
    try:
        validate_time_zone(name)
    except ValidationError as error:
        raise node.invalid(error.messages[0]) from error
    return ZoneInfo(name)


def _moment(node: Node, parse: Callable[..., T], zone: ZoneInfo, shift: timedelta) -> T:
    text = _text(node)
    try:
        return parse(text, zone, shift)
    except (ValueError, OverflowError) as error:
        message = _("“%s” is no day or time. Write it like 2024-06-21.") % text
        raise node.invalid(message) from error
