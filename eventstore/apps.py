from django.apps import AppConfig


class EventstoreConfig(AppConfig):
    name = "eventstore"
    verbose_name = "Event store"

    def ready(self) -> None:
        # It needs the app registry, so it cannot be imported above.
        from eventstore.schedules import keep_schedule  # noqa: PLC0415

        # The safety net: a minutely look at what is due, whatever broker is configured.
        keep_schedule("deadlines", "eventstore.tasks.meet_deadlines", schedule_type="I")
        keep_schedule("projections", "eventstore.tasks.follow", schedule_type="I")
