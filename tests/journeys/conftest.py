from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import User
from django.core.management import call_command

from conferences.models import Membership, Organization
from tests.live_site import LiveSite, live_site

PASSWORD = "long enough to be one"


@pytest.fixture
def site(transactional_db: None, tmp_path: Path) -> Iterator[LiveSite]:
    """The demo's processes on the test's database, with the real conferences."""
    call_command("createcachetable")
    fixtures = Path(apps.get_app_config("conferences").path) / "fixtures"
    for file in sorted(fixtures.glob("*.yaml")):
        call_command("import_conference", str(file), move_to_coming_year=True)
    for organization in Organization.objects.all():
        # As the running site hashes it; the tests' own hasher is unknown there.
        hashed = PBKDF2PasswordHasher().encode(PASSWORD, "some salt of this test")
        user = User.objects.create(
            username=organization.slug, password=hashed, is_staff=True
        )
        Membership.objects.create(
            organization=organization, user=user, role=Membership.Role.OWNER
        )
    with live_site(tmp_path, with_static=True, SITE_MODE="demo") as running:
        yield running
