"""Brings a demo's database up to date and fills an empty one; tells the log-ins."""

import os
import sys
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from conference_site.demo_static import collect_static
from conferences.models import Conference, Membership, Organization

FIXTURES = Path(apps.get_app_config("conferences").path) / "fixtures"


class Command(BaseCommand):
    help = "Prepare the demo: tables, static files, real conferences and log-ins."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get("DEMO_PASSWORD")
        if settings.SITE_MODE != "demo" or not password:
            raise CommandError("seed belongs to the demo: start it with `demo`.")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        collect_static()
        if not Conference.objects.exists():
            import_conferences()
        log_ins = [administrator(password), *organizers(password)]
        self.stdout.write(", ".join(user.get_username() for user in log_ins))


def import_conferences() -> None:
    for file in sorted(FIXTURES.glob("*.yaml")):
        call_command(
            "import_conference", str(file), move_to_coming_year=True, stdout=sys.stderr
        )


def administrator(password: str) -> User:
    return _with_password("admin", password, is_staff=True, is_superuser=True)


def organizers(password: str) -> list[User]:
    users = []
    for organization in Organization.objects.order_by("name"):
        user = _with_password(organization.slug, password, is_staff=True)
        Membership.objects.get_or_create(
            organization=organization,
            user=user,
            defaults={"role": Membership.Role.OWNER},
        )
        users.append(user)
    return users


def _with_password(username: str, password: str, **flags: bool) -> User:
    """The user; the password is set again when demo.env was made anew."""
    user, created = User.objects.get_or_create(username=username, defaults=flags)
    if created or "DEMO_ENV_IS_NEW" in os.environ:
        user.set_password(password)
        user.save()
    return user
