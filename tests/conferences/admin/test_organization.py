"""Who looks after an organization's members, and how far that goes."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from conferences.models import Membership, Organization
from tests.conferences.admin.forms import errors_in, submit
from tests.factories import conferences as make

pytestmark = pytest.mark.django_db

ROWS = "membership_set"


def page(organization: Organization, what: str = "change") -> str:
    return reverse(f"admin:conferences_organization_{what}", args=[organization.pk])


def new_member(username: str, role: str = "viewer", row: int = 1) -> dict[str, Any]:
    return {
        f"{ROWS}-TOTAL_FORMS": row + 1,
        f"{ROWS}-{row}-username": username,
        f"{ROWS}-{row}-role": role,
    }


def staff(username: str = "new", **fields: Any) -> User:
    return User.objects.create_user(username, **{"is_staff": True} | fields)


def roles() -> dict[str, str]:
    return dict(Membership.objects.values_list("user__username", "role"))


def test_owner_adds_changes_and_removes_members(owner: Client) -> None:
    contoso = make.organization()
    staff()
    assert submit(owner, page(contoso), **new_member("new")).status_code == 302
    assert roles() == {"owner-contoso": "owner", "new": "viewer"}
    submit(owner, page(contoso), **{f"{ROWS}-1-role": "organizer"})
    assert roles()["new"] == "organizer"
    submit(owner, page(contoso), **{f"{ROWS}-1-DELETE": "on"})
    assert roles() == {"owner-contoso": "owner"}


@pytest.mark.parametrize(
    "fields", [{"username": "other"}, {"is_staff": False}, {"is_active": False}]
)
def test_only_active_staff_can_become_members(
    owner: Client, fields: dict[str, Any]
) -> None:
    staff(**{"username": "new"} | fields)
    response = submit(owner, page(make.organization()), **new_member("new"))
    assert errors_in(response) == {
        f"{ROWS}-1-username": ["There is no staff user with this name."]
    }


def test_user_becomes_a_member_once(owner: Client) -> None:
    response = submit(owner, page(make.organization()), **new_member("owner-contoso"))
    assert errors_in(response) == {
        f"{ROWS}-1-username": ["This user is a member already."]
    }


@pytest.mark.parametrize(
    "change", [{f"{ROWS}-0-role": "viewer"}, {f"{ROWS}-0-DELETE": "on"}]
)
def test_last_owner_stays(owner: Client, change: dict[str, Any]) -> None:
    response = submit(owner, page(make.organization()), **change)
    assert errors_in(response) == {ROWS: ["An organization needs at least one owner."]}
    assert roles() == {"owner-contoso": "owner"}


def test_owner_cannot_turn_a_membership_into_somebody_else_s(owner: Client) -> None:
    contoso = make.organization()
    staff()
    submit(owner, page(contoso), **{f"{ROWS}-0-username": "new"})
    assert roles() == {"owner-contoso": "owner"}


def test_owner_grants_no_flags_of_users(owner: Client) -> None:
    for name in ("changelist", "add"):
        assert owner.get(reverse(f"admin:auth_user_{name}")).status_code == 403
    user = staff()
    forged = {"is_superuser": "on", "is_staff": "on"}
    address = reverse("admin:auth_user_change", args=[user.pk])
    assert owner.post(address, forged).status_code == 403
    submit(owner, page(make.organization()), **new_member("new") | forged)
    user.refresh_from_db()
    assert not user.is_superuser


@pytest.mark.parametrize("role", ["organizer", "viewer"])
def test_others_only_see_the_members(role: str) -> None:
    contoso = make.organization()
    browser = Client()
    browser.force_login(make.member(contoso, role))
    staff()
    assert browser.get(page(contoso)).status_code == 200
    forged = {"name": "Mine", f"{ROWS}-INITIAL_FORMS": 0} | new_member("new", row=0)
    assert browser.post(page(contoso), forged).status_code == 403
    assert roles() == {f"{role}-contoso": role}


def test_owner_renames_but_does_not_move_create_or_delete(owner: Client) -> None:
    contoso = make.organization()
    submit(owner, page(contoso), name="Contoso Ltd", slug="other")
    contoso.refresh_from_db()
    assert (contoso.name, contoso.slug) == ("Contoso Ltd", "contoso")
    add = reverse("admin:conferences_organization_add")
    assert owner.get(add).status_code == 403
    assert owner.post(page(contoso, "delete"), {"post": "yes"}).status_code == 403


def test_superuser_founds_an_organization_without_members(
    administrator: Client,
) -> None:
    add = reverse("admin:conferences_organization_add")
    response = submit(administrator, add, name="Fabrikam", slug="fabrikam")
    assert response.status_code == 302
    assert Organization.objects.get().name == "Fabrikam"


def test_superuser_creates_a_user_who_can_become_a_member(
    administrator: Client,
) -> None:
    fields = {"username": "new", "usable_password": "true", "is_staff": "on"}
    fields |= dict.fromkeys(["password1", "password2"], "a long pass phrase")
    response = administrator.post(reverse("admin:auth_user_add"), fields)
    assert response.status_code == 302
    assert User.objects.get(username="new").is_staff


def test_country_is_chosen_by_its_name(owner: Client) -> None:
    contoso = make.organization()
    html = owner.get(page(contoso)).content.decode()
    assert '<option value="DE">Germany</option>' in html
    submit(owner, page(contoso), country="DE")
    contoso.refresh_from_db()
    assert contoso.country == "DE"
    assert errors_in(submit(owner, page(contoso), country="Germany")).keys() == {
        "country"
    }


def test_members_can_be_added_without_javascript(owner: Client) -> None:
    contoso = make.organization()
    staff()
    html = owner.get(page(contoso)).content.decode()
    noscript = html.partition("<noscript>")[2].partition("</noscript>")[0]
    assert f'href="?more=membership#{ROWS}-group"' in noscript
    asked = f"{page(contoso)}?more=membership"
    assert f'name="{ROWS}-3-username"' in owner.get(asked).content.decode()
    submit(owner, asked, **new_member("new"))
    assert roles() == {"owner-contoso": "owner", "new": "viewer"}


def test_whoever_may_only_look_sees_who_the_members_are(viewer: Client) -> None:
    contoso = make.organization()
    make.member(contoso, "owner")
    html = viewer.get(page(contoso)).content.decode()
    assert '<div class="readonly">owner-contoso</div>' in html
    assert '<div class="readonly">viewer-contoso</div>' in html
