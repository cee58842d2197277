from django.apps import AppConfig


class EventstoreConfig(AppConfig):
    name = "eventstore"
    verbose_name = "Event store"

    def ready(self) -> None:
        # They need the app registry, so they cannot be imported above.
        from eventstore import checks  # noqa: F401, PLC0415 registers itself
        from eventstore.schedules import keep_schedule  # noqa: PLC0415

        # The safety net: a minutely look at what is due, whatever broker is configured.
        keep_schedule("deadlines", "eventstore.tasks.meet_deadlines", schedule_type="I")
        keep_schedule("projections", "eventstore.tasks.follow", schedule_type="I")
        keep_schedule("checkpoint", "eventstore.tasks.checkpoint", schedule_type="H")
