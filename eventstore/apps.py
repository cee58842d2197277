from django.apps import AppConfig


class EventstoreConfig(AppConfig):
    name = "eventstore"
    verbose_name = "Event store"

    def ready(self) -> None:
        # Projectors must hear of an event before any process reacts to it, so the
        # dispatcher connects first; see `projections.project`.
        from eventstore import projections  # noqa: PLC0415 needs the app registry

        projections.connect()
