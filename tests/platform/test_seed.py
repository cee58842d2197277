"""The demo's log-ins: one for everything, one per organization."""

import pytest
from django.core.management import CommandError, call_command

from conference_site.management.commands import seed
from conferences.models import Membership, Organization


def test_seed_is_for_the_demo_alone():
    with pytest.raises(CommandError, match="belongs to the demo"):
        call_command("seed")


@pytest.mark.django_db
def test_each_organization_gets_an_owner():
    organization = Organization.objects.create(name="Contoso", slug="contoso")

    [user] = seed.organizers("a password")
    seed.organizers("a password")

    membership = Membership.objects.get()
    assert (membership.user, membership.organization) == (user, organization)
    assert membership.role == Membership.Role.OWNER
    assert user.is_staff
    assert not user.is_superuser
    assert user.check_password("a password")
