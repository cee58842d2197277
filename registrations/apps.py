from django.apps import AppConfig


class RegistrationsConfig(AppConfig):
    name = "registrations"
    verbose_name = "Orders and registrations"

    def ready(self) -> None:
        """The one list of connections: events, projectors, listeners, deadlines."""
        # They need the app registry, so they cannot be imported above.
        from eventstore.processes import on_deadline  # noqa: PLC0415
        from eventstore.schedules import keep_schedule  # noqa: PLC0415
        from registrations import (  # noqa: F401, PLC0415
            account_listeners,
            attention_listeners,
            event_types,
            listeners,
            persons,
            registration_process,
        )
        from registrations.documents import (  # noqa: PLC0415
            listeners as document_listeners,
        )
        from registrations.projectors import (  # noqa: F401, PLC0415
            conference_view,
            ledger,
            order_seats,
            order_view,
            organization_view,
        )

        listeners.connect()
        account_listeners.connect()
        document_listeners.connect()
        attention_listeners.connect()
        persons.connect()
        keep_schedule(
            "idempotency: purge",
            "registrations.tasks.purge_idempotency_answers",
            schedule_type="D",
        )
        on_deadline(
            registration_process.PROCESS, registration_process.release_ended_holds
        )
