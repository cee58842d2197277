"""What `manage.py check` says about events and read models, before they are stored."""

import re
from typing import Any

from django.core.checks import CheckMessage, Error, register
from msgspec.inspect import type_info

from eventstore.events import registered_types
from eventstore.projections import projectors


@register()
def floats_are_not_stored(**_: Any) -> list[CheckMessage]:
    """A float has several spellings, PostgreSQL keeps another than ours, and a digest
    is made of the spelling. A Decimal is kept as text."""
    return [
        Error(
            f"A field of {kind.name} may hold a float.",
            hint="Say what is in it, with Decimal for numbers that are not whole.",
            obj=kind.cls,
            id="eventstore.E001",
        )
        for kind in registered_types()
        if kind.cls
        and re.search("FloatType|AnyType|CustomType", repr(type_info(kind.cls)))
    ]


@register()
def read_models_can_be_exchanged(**_: Any) -> list[CheckMessage]:
    """A constraint would go on pointing at the table that a rebuild retires."""
    return [
        Error(
            f"A foreign key of the database binds {model.__name__} ({field.name}).",
            hint="Read models are exchanged: db_constraint=False.",
            obj=model,
            id="eventstore.E002",
        )
        for projector in projectors.values()
        for model in projector.models
        for field in model._meta.get_fields(include_hidden=True)
        if _is_bound(field)
    ]


def _is_bound(field: Any) -> bool:
    """Of a relation's other end its field decides."""
    return bool(getattr(getattr(field, "field", field), "db_constraint", False))


@register()
def projectors_know_their_events(**_: Any) -> list[CheckMessage]:
    known = {kind.cls for kind in registered_types()}
    return [
        Error(
            f"{projector.name} takes in {kind.__name__}, which has no stored name.",
            obj=projector,
            id="eventstore.E003",
        )
        for projector in projectors.values()
        for kind in projector.kinds
        if kind not in known
    ]
