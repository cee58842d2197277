"""What organizers and workers ask about the mails we owe people."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from registrations.models.notification import Notification

# No worker takes that long between claiming a mail and handing it over: it has died.
STUCK_AFTER = timedelta(minutes=5)


def stuck(now: datetime) -> QuerySet[Notification]:
    """The mails that nobody sends any more unless somebody asks for it.

    One whose worker died may have gone out all the same; a human decides.
    """
    failed = Q(status=Notification.Status.FAILED)
    abandoned = Q(status=Notification.Status.CLAIMED, claimed_at__lte=now - STUCK_AFTER)
    return Notification.objects.filter(failed | abandoned)
