"""Roles: who belongs where, and that nobody belongs anywhere by default."""

import pytest
from django.contrib.auth.models import AnonymousUser

from conferences import access
from conferences.models import Membership
from tests.factories import conferences as make

pytestmark = pytest.mark.django_db


def test_roles_are_read_from_memberships() -> None:
    contoso, fabrikam = make.organization(), make.organization("fabrikam")
    user = make.member(contoso)
    Membership.objects.create(organization=fabrikam, user=user, role="viewer")
    assert access.organization_ids(user) == {contoso.pk, fabrikam.pk}
    assert access.role_in(user, contoso.pk) == "organizer"
    assert access.role_in(user, fabrikam.pk) == "viewer"
    assert access.role_in(user, make.organization("third").pk) is None


def test_superuser_sees_everything() -> None:
    user = make.superuser()
    assert access.organization_ids(user) is None
    assert access.role_in(user, make.organization().pk) == "owner"


@pytest.mark.parametrize("flag", ["is_active", "is_staff"])
def test_membership_alone_gives_nothing(flag: str) -> None:
    contoso = make.organization()
    user = make.member(contoso)
    setattr(user, flag, False)
    assert access.organization_ids(user) == set()
    assert access.role_in(user, contoso.pk) is None


def test_anonymous_visitors_belong_nowhere() -> None:
    assert access.organization_ids(AnonymousUser()) == set()


def test_inactive_superuser_sees_nothing() -> None:
    user = make.superuser()
    user.is_active = False
    assert access.organization_ids(user) == set()
