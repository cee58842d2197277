"""What `manage.py check` says about events, before the first of them is stored."""

import re
from typing import Any

from django.core.checks import CheckMessage, Error, register
from msgspec.inspect import type_info

from eventstore.events import registered_types


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
