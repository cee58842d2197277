"""What the read models say of an order's lines and of a conference's seats."""

from registrations.models import OrderView, SeatTypeView
from tests.registrations.conftest import Summit, reload


def lines(order: OrderView) -> list[tuple[str, int, int, str]]:
    """Name, wanted, reserved and message of each."""
    rows = sorted(reload(order).line_rows.all(), key=lambda line: line.position)
    return [(line.name, line.requested, line.reserved, line.message) for line in rows]


def seats_of(summit: Summit) -> dict[str, tuple[int, int, int]]:
    """Remaining, held and sold by the first word of the name."""
    rows = SeatTypeView.objects.filter(conference_id=summit.id).order_by("position")
    return {row.name.split()[0]: (row.remaining, row.held, row.sold) for row in rows}
