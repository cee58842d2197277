"""Nobody sees or touches a row of another organization (reliability S-11 to S-14).

Every row of Fabrikam carries a canary word. Contoso's people walk through all pages of
this app, with Fabrikam's keys in every place an address or a form has for keys.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from conferences.access import TenantAdmin
from conferences.models import Conference, Membership, Organization, SeatType
from tests.conferences.admin.forms import errors_in, submit
from tests.factories import conferences as make

pytestmark = pytest.mark.django_db

CANARY = "Zugunruhe"
ROLES = ["owner", "organizer", "viewer"]


class Foreign:
    """Fabrikam's rows, each with the canary in all its texts."""

    def __init__(self) -> None:
        self.organization = make.organization("fabrikam", name=f"{CANARY} Ltd")
        self.conference = make.published(
            self.organization,
            slug=f"{CANARY}-conference",
            name=f"{CANARY} conference",
            tagline=CANARY,
            location=CANARY,
        )
        self.seat_type = make.seat_type(self.conference, name=f"{CANARY} seats")
        self.user = make.member(self.organization, "owner")
        self.user.username = f"{CANARY}-owner"
        self.user.save()
        browser = Client()
        browser.force_login(self.user)
        address = change_page(self.conference)
        submit(browser, address, tagline=f"{CANARY} again")

    @property
    def keys(self) -> list[Any]:
        return [
            self.organization.pk,
            self.conference.pk,
            self.seat_type.pk,
            self.user.pk,
        ]


@pytest.fixture
def foreign() -> Foreign:
    return Foreign()


def change_page(row: Conference | Organization, what: str = "change") -> str:
    name = f"admin:conferences_{type(row).__name__.lower()}_{what}"
    return reverse(name, args=[row.pk])


def own_addresses(own: Conference, foreign: Foreign) -> Iterator[str]:
    """Every page of one's own, with foreign keys and words in its query."""
    yield reverse("admin:index")
    yield reverse("admin:app_list", args=["conferences"])
    for name in ("conference", "organization"):
        for page in ("changelist", "add"):
            yield reverse(f"admin:conferences_{name}_{page}")
    for row in (own, own.organization):
        for page in ("change", "history", "delete"):
            yield change_page(row, page)
    for page in ("publish", "unpublish"):
        yield change_page(own, page)
    add = reverse("admin:conferences_conference_add")
    yield f"{add}?organization={foreign.organization.pk}"
    yield f"{add}?_to_field=id&_popup=1&organization={foreign.organization.pk}"
    listing = reverse("admin:conferences_conference_changelist")
    for query in (
        f"q={CANARY[:5]}",
        f"organization__id__exact={foreign.organization.pk}",
        f"organization__name__startswith={CANARY[0]}",
        f"organization__membership__user__username__contains={CANARY[:5]}",
        f"seat_types__name__contains={CANARY[:5]}",
        "is_published__exact=1",
        "all=",
        f"slug__contains={CANARY[:5]}",
    ):
        yield f"{listing}?{query}"
    for model, field in (("conference", "organization"), ("membership", "user")):
        yield (
            reverse("admin:autocomplete")
            + f"?app_label=conferences&model_name={model}&field_name={field}&term="
        )


def foreign_addresses(foreign: Foreign) -> Iterator[str]:
    for row in (foreign.conference, foreign.organization):
        for page in ("change", "history", "delete"):
            yield change_page(row, page)
    for page in ("publish", "unpublish"):
        yield change_page(foreign.conference, page)
    yield reverse("admin:auth_user_change", args=[foreign.user.pk])
    yield reverse("admin:auth_user_password_change", args=[foreign.user.pk])


def signed_in(role: str) -> Client:
    browser = Client()
    browser.force_login(make.member(make.organization("contoso"), role))
    return browser


@pytest.mark.parametrize("role", ROLES)
def test_no_page_shows_a_word_of_another_organization(
    role: str, foreign: Foreign
) -> None:
    own = make.published(make.organization("contoso"))
    browser = signed_in(role)
    addresses = [*own_addresses(own, foreign), *foreign_addresses(foreign)]
    for address in addresses:
        response = browser.get(address, follow=True)
        assert response.status_code < 500, address
        assert CANARY not in response.content.decode(), address


def test_control_superuser_meets_the_canary_on_these_pages(
    foreign: Foreign, administrator: Client
) -> None:
    """Without the guard the walk would find something: it is able to fail."""
    own = make.published(make.organization("contoso"))
    addresses = [*own_addresses(own, foreign), *foreign_addresses(foreign)]
    found = [
        address
        for address in addresses
        if CANARY in administrator.get(address, follow=True).content.decode()
    ]
    assert len(found) > len(addresses) / 2


@pytest.mark.parametrize("role", ROLES)
def test_foreign_pages_answer_as_if_nothing_were_there(
    role: str, foreign: Foreign
) -> None:
    browser = signed_in(role)
    before = _rows()
    for address in foreign_addresses(foreign):
        for answer in (browser.get(address), browser.post(address, {"post": "yes"})):
            assert answer.status_code in {302, 403, 404}, address
            if answer.status_code == 302:
                assert answer.headers["Location"] == reverse("admin:index"), address
    assert _rows() == before


def test_foreign_organization_is_no_choice(foreign: Foreign, owner: Client) -> None:
    add = reverse("admin:conferences_conference_add")
    fields = make.conference_fields(organization=foreign.organization.pk)
    response = submit(owner, add, **fields)
    assert "Select a valid choice." in errors_in(response)["organization"][0]
    assert Conference.objects.count() == 1


def test_viewer_elsewhere_cannot_add_there(owner: Client) -> None:
    """Seeing an organization is no right to put a conference into it."""
    fabrikam = make.organization("fabrikam")
    user = Membership.objects.get().user
    Membership.objects.create(organization=fabrikam, user=user, role="viewer")
    add = reverse("admin:conferences_conference_add")
    response = submit(owner, add, **make.conference_fields(organization=fabrikam.pk))
    assert "Select a valid choice." in errors_in(response)["organization"][0]


def test_foreign_inline_keys_are_refused(foreign: Foreign, owner: Client) -> None:
    contoso = make.organization("contoso")
    own = make.published(contoso)
    before = _rows()
    membership = Membership.objects.get(user=foreign.user)
    forged: list[tuple[Any, dict[str, Any]]] = [
        (own, {"seat_types-0-id": foreign.seat_type.pk, "seat_types-0-quota": 1}),
        (own, {"seat_types-0-conference": foreign.conference.pk}),
        (contoso, {"membership_set-0-id": membership.pk}),
        (contoso, {"membership_set-0-organization": foreign.organization.pk}),
    ]
    for row, fields in forged:
        submit(owner, change_page(row), **fields)
        assert _rows() == before, fields


@pytest.mark.parametrize("action", ["publish_selected", "unpublish_selected", "delete"])
def test_actions_leave_foreign_rows_alone(
    action: str, foreign: Foreign, owner: Client
) -> None:
    before = _rows()
    action = "delete_selected" if action == "delete" else action
    chosen = {"action": action, "_selected_action": foreign.keys, "post": "yes"}
    for name in ("conference", "organization"):
        address = reverse(f"admin:conferences_{name}_changelist")
        for across in ("0", "1"):
            owner.post(address, chosen | {"select_across": across})
    assert _rows() == before


def test_actions_skip_rows_that_one_may_only_view(owner: Client) -> None:
    fabrikam = make.organization("fabrikam")
    user = Membership.objects.get().user
    Membership.objects.create(organization=fabrikam, user=user, role="viewer")
    keys = [
        make.conference(make.organization("contoso"), slug="own").pk,
        make.conference(fabrikam, slug="foreign").pk,
    ]
    address = reverse("admin:conferences_conference_changelist")
    chosen = {"action": "publish_selected", "_selected_action": keys}
    page = owner.post(address, chosen, follow=True).content.decode()
    assert "Left alone, because you may only view them: 1." in page
    published = Conference.objects.filter(is_published=True)
    assert list(published.values_list("slug", flat=True)) == ["own"]
    delete = {"action": "delete_selected", "_selected_action": keys[1:], "post": "yes"}
    owner.post(address, delete)
    assert Conference.objects.count() == 2


def test_viewer_reads_and_changes_nothing(viewer: Client) -> None:
    own = make.conference(make.organization("contoso"))
    before = _rows()
    page = viewer.get(change_page(own))
    assert page.status_code == 200
    assert "publication" not in page.content.decode().split("<body")[1].split("menu")[0]
    assert viewer.post(change_page(own), {"name": "Mine"}).status_code == 403
    for what in ("publish", "unpublish", "delete"):
        assert viewer.post(change_page(own, what), {"post": "yes"}).status_code == 403
    add = reverse("admin:conferences_conference_add")
    assert viewer.post(add, make.conference_fields()).status_code == 403
    assert _rows() == before


def test_staff_without_membership_sees_an_empty_house(foreign: Foreign) -> None:
    Membership.objects.all().delete()
    browser = Client()
    browser.force_login(foreign.user)
    assert browser.get(reverse("admin:index")).status_code == 200
    for name in ("conference", "organization"):
        address = reverse(f"admin:conferences_{name}_changelist")
        assert browser.get(address).status_code == 403


def test_lost_membership_closes_the_door_at_once(owner: Client) -> None:
    own = make.published(make.organization("contoso"))
    assert owner.get(change_page(own)).status_code == 200
    Membership.objects.all().delete()
    assert owner.get(change_page(own)).status_code in {302, 403}


def test_every_admin_of_this_app_is_scoped() -> None:
    of_this_app = {
        model: model_admin
        for model, model_admin in admin.site._registry.items()
        if model._meta.app_label == "conferences"
    }
    assert set(of_this_app) == {Conference, Organization}
    for model_admin in of_this_app.values():
        assert isinstance(model_admin, TenantAdmin)
        assert model_admin.view_on_site is False


def test_shortcut_to_foreign_objects_is_gone(foreign: Foreign, owner: Client) -> None:
    assert owner.get(f"/admin/r/1/{foreign.conference.pk}/").status_code == 404


def test_recent_actions_are_one_s_own(foreign: Foreign, owner: Client) -> None:
    assert LogEntry.objects.filter(user=foreign.user).exists()
    assert CANARY not in owner.get(reverse("admin:index")).content.decode()


def _rows() -> list[Any]:
    models = (Organization, Membership, Conference, SeatType)
    return [list(model.objects.order_by("pk").values()) for model in models]
