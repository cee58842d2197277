"""The read model of a site that goes on while it is rebuilt: kept inline.

Only processes that play the site import this, for others would write it too.
"""

from collections.abc import Sequence

from benchmarks.eventstore.models import OrderRow
from benchmarks.eventstore.order import OrderChanged, OrderPlaced
from benchmarks.eventstore.read_models import write_rows
from eventstore.events import RecordedEvent
from eventstore.projections import Projector, on


class Board(Projector):
    models = (OrderRow,)
    batch = 5_000

    @on(OrderPlaced, OrderChanged)
    def when_order(
        self, event: OrderPlaced | OrderChanged, recorded: RecordedEvent
    ) -> None:
        self.project_many([recorded])

    def project_many(self, events: Sequence[RecordedEvent]) -> None:
        write_rows({recorded.stream: recorded for recorded in events})
