"""The base of aggregates: they record what they decide and apply what was recorded."""

from collections.abc import Iterable
from typing import Any, ClassVar, Self
from uuid import UUID


class Aggregate:
    """One consistent thing, made of its events.

    Subclasses name their `category` (the stream is `<category>-<id>`), write decisions
    that call `record`, and one `apply` that changes state. `record` applies at once, so
    that the next decision of the same command sees it.

    A subclass whose streams grow long sets `snapshot_every` and `snapshot_schema`, and
    writes `to_snapshot` and `from_snapshot`. What they give and take is a
    `snapshot_type`: JSON values, or a dataclass, which comes back as it was. Change
    `snapshot_schema` whenever its shape changes: snapshots of another are ignored.
    """

    category: ClassVar[str]
    snapshot_every: ClassVar[int] = 0
    snapshot_schema: ClassVar[int] = 0
    snapshot_type: ClassVar[type] = dict

    def __init__(self, id: UUID) -> None:
        self.id = id
        self.version = 0
        self.recorded: list[Any] = []

    @classmethod
    def stream(cls, id: UUID) -> str:
        return f"{cls.category}-{id}"

    @property
    def exists(self) -> bool:
        return self.version > 0 or bool(self.recorded)

    def record(self, event: Any) -> None:
        self.apply(event)
        self.recorded.append(event)

    def replay(self, history: Iterable[Any]) -> Self:
        for event in history:
            self.apply(event)
            self.version += 1
        return self

    def apply(self, event: Any) -> None:
        raise NotImplementedError

    def to_snapshot(self) -> Any:
        raise NotImplementedError

    def from_snapshot(self, state: Any) -> None:
        raise NotImplementedError
