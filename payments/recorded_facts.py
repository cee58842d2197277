"""Facts as JSON, so that what came too early can be applied later."""

from dataclasses import replace
from typing import Any

import msgspec

from payments.gateways.base import CallbackFact


def stored(fact: CallbackFact) -> Any:
    return msgspec.to_builtins(fact)


def restored(kept: Any) -> CallbackFact:
    """The fact as it was understood; how old its signature was, was judged then."""
    return replace(msgspec.convert(kept, type=CallbackFact), signed_at=None)
