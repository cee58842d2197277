from django.apps import AppConfig


class EventstoreConfig(AppConfig):
    name = "eventstore"
    verbose_name = "Event store"

    def ready(self) -> None:
        # They need the app registry, so they cannot be imported above.
        from eventstore import projections  # noqa: PLC0415
        from eventstore.schedules import keep_schedule  # noqa: PLC0415

        # Projectors must hear of an event before any process reacts to it, so the
        # dispatcher connects first; see `projections.project`.
        projections.connect()
        # The safety net: a minutely look at what is due, whatever broker is configured.
        keep_schedule("deadlines", "eventstore.tasks.meet_deadlines", schedule_type="I")
