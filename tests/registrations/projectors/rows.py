"""Read models as plain values, to be compared."""

from eventstore.projections import Projector

NAMES = ["ConferenceViewProjector", "OrderSeatsProjector", "OrderViewProjector"]


def rows_of(projector: Projector) -> dict[str, list[object]]:
    return {
        model.__name__: sorted(model._default_manager.values_list(), key=str)
        for model in projector.models
    }
