"""Where each order's process stands. Not a read model: it is written, not projected."""

from django.db import models

from registrations.domain.registration_process import State


class RegistrationProcess(models.Model):
    """One row per order; the primary key is the constraint that there is never a
    second."""

    order_id = models.UUIDField(primary_key=True)
    conference_id = models.UUIDField()
    state = models.CharField(
        max_length=30, choices=[(state.value, state.name) for state in State]
    )

    def __str__(self) -> str:
        return f"{self.order_id}: {self.state}"
