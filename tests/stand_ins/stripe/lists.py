"""Lists as the API gives them: newest first, in pages."""

from typing import Any

from tests.stand_ins.stripe import forms
from tests.stand_ins.stripe.errors import ApiError, missing
from tests.stand_ins.stripe.ledger import Object

FILTERS = {
    "checkout.session": ("payment_intent", "status"),
    "payment_intent": (),
    "charge": ("payment_intent",),
    "refund": ("payment_intent", "charge"),
    "dispute": ("payment_intent", "charge"),
    "event": ("type",),
}
_COMPARED = {
    "gte": lambda created, bound: created >= bound,
    "gt": lambda created, bound: created > bound,
    "lte": lambda created, bound: created <= bound,
    "lt": lambda created, bound: created < bound,
}


def page(kind: str, url: str, found: list[Object], query: dict[str, Any]) -> Object:
    """One page of what was found, newest first."""
    forms.only(
        query,
        *("limit", "starting_after", "ending_before", "created", "types", "expand"),
        *FILTERS[kind],
    )
    limit = forms.integer("limit", query.get("limit", 10))
    if not 1 <= limit <= 100:
        raise ApiError("This value must be between 1 and 100.", param="limit")
    fitting = [one for one in found if _fits(kind, one, query)]
    start = _place_of(kind, fitting, query.get("starting_after"))
    rest = fitting[start:]
    return {
        "object": "list",
        "url": url,
        "has_more": len(rest) > limit,
        "data": rest[:limit],
    }


def _place_of(kind: str, found: list[Object], name: str | None) -> int:
    if name is None:
        return 0
    for place, one in enumerate(found):
        if one["id"] == name:
            return place + 1
    raise missing(kind, name, "starting_after")


def _fits(kind: str, one: Object, query: dict[str, Any]) -> bool:
    bounds = query.get("created", {})
    if not isinstance(bounds, dict):
        bounds = {"gte": bounds, "lte": bounds}
    for name, bound in bounds.items():
        if not _COMPARED[name](one["created"], forms.integer("created", bound)):
            return False
    types = forms.values_of(query.get("types"))
    if types and one.get("type") not in types:
        return False
    return all(one.get(name) == query[name] for name in FILTERS[kind] if name in query)
