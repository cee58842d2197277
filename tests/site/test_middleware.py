"""Hostile input, the context of a request, and who is asked about which tenants."""

from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from conference_site.middleware import RequestContextMiddleware
from tests.factories import conferences as make

HOSTILE: dict[str, dict[str, Any]] = {
    "NUL in the query": {"path": "/?filter=%00"},
    "NUL in a key": {"path": "/?%00=1"},
    "NUL in the path": {"path": "/conferences/%00/"},
    "surrogate": {"path": "/?q=%ED%A0%80"},
    "not UTF-8": {"path": "/?q=%ff"},
    "overlong form": {"path": "/?q=%C0%80"},
    "long query": {"path": "/?q=" + "a" * 8_000},
    "long path": {"path": "/" + "a" * 8_000},
    "NUL in a cookie": {"HTTP_COOKIE": r'sessionid="\000aaaaaaaaaaaaaaaa"'},
    "charset that is none": {"CONTENT_TYPE": "text/plain; charset=hex"},
    "other charset": {"CONTENT_TYPE": "application/json; charset=utf-16"},
    "unknown charset": {"CONTENT_TYPE": "application/json; charset=klingon"},
}
HARMLESS = ["/?q=%F0%9F%A6%84", "/?q=m%C3%BCsli+%2B", "/?q=", "/?" + "a" * 3_000]


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.parametrize("prefix", ["", "/api/v1"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_hostile_input_is_answered_400(
    what: str, prefix: str, method: str, site: Client
) -> None:
    extra = dict(HOSTILE[what])
    path, _, query = (prefix + extra.pop("path", "/")).partition("?")
    response = site.generic(method, path, QUERY_STRING=query, **extra)
    assert response.status_code == 400
    expected = "problem+json" if prefix else "text/html"
    assert expected in response["Content-Type"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", HARMLESS)
def test_what_people_type_passes(address: str, site: Client) -> None:
    assert site.get(address).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("values", [{"name": "a\0b"}, {"na\0me": "a"}])
def test_nul_in_a_form_is_answered_400(values: dict[str, str], site: Client) -> None:
    assert site.post("/test/describe/", values).status_code == 400
    encoded = "application/x-www-form-urlencoded"
    body = "&".join(f"{key}={value}" for key, value in values.items())
    response = site.generic("POST", "/test/describe/", body, encoded)
    assert response.status_code == 400


@pytest.mark.django_db
def test_raw_body_is_left_to_views_without_csrf_protection(site: Client) -> None:
    """A callback signs its raw body; reading the form before would take it away."""
    response = site.post("/test/read-body/", {"name": "value"})
    assert response.status_code == 200
    assert b"value" in response.content


@pytest.mark.django_db
def test_control_django_alone_fails_on_a_nul_in_the_session_cookie(
    settings: Any, site: Client
) -> None:
    settings.MIDDLEWARE = [
        name for name in settings.MIDDLEWARE if "HostileInput" not in name
    ]
    unguarded = Client(raise_request_exception=False)
    address = reverse("admin:login")
    assert unguarded.get(address, **HOSTILE["NUL in a cookie"]).status_code == 500


@pytest.mark.django_db
@pytest.mark.parametrize("selected", ["1", "x", "\ud800".encode(errors="replace")])
def test_action_on_what_cannot_be_a_key_is_answered_400(
    selected: Any, site: Client
) -> None:
    site.force_login(make.member(make.organization()))
    chosen = {"action": "publish_selected", "_selected_action": selected}
    address = reverse("admin:conferences_conference_changelist")
    assert site.post(address, chosen).status_code == 400


@pytest.mark.django_db
def test_every_answer_carries_the_id_that_its_events_carry(site: Client) -> None:
    response = site.get("/test/describe/")
    described = response.json()
    assert response["X-Request-ID"] == described["id"] == described["correlation"]
    assert site.get("/test/describe/")["X-Request-ID"] != described["id"]


@pytest.mark.django_db
def test_actor_is_named_where_it_is_known(site: Client) -> None:
    user = make.member(make.organization())

    def actor(prefix: str) -> str:
        return str(site.get(f"{prefix}/test/describe/").json()["actor"])

    assert [actor(""), actor("/api"), actor("/admin")] == [
        "registrant",
        "api",
        "anonymous",
    ]
    site.force_login(user)
    assert [actor(""), actor("/api"), actor("/admin")] == [
        "registrant",
        "api",
        f"user:{user.pk}",
    ]


def tenancy_of(user: Any) -> tuple[set[UUID] | None, dict[UUID, str]]:
    request: Any = RequestFactory().get("/")
    request.user = user
    RequestContextMiddleware(lambda request: HttpResponse())(request)
    return request.organization_ids, request.organization_roles


@pytest.mark.django_db
def test_request_knows_the_caller_s_organizations(
    django_assert_num_queries: Any,
) -> None:
    contoso = make.organization()
    user = make.member(contoso)
    with django_assert_num_queries(1):
        assert tenancy_of(user) == ({contoso.pk}, {contoso.pk: "organizer"})
    superuser = make.superuser()
    assert tenancy_of(superuser)[0] is None


@pytest.mark.django_db
def test_tenants_are_not_asked_for_in_vain(django_assert_num_queries: Any) -> None:
    request = RequestFactory().get("/")
    request.user = make.member(make.organization())
    with django_assert_num_queries(0):
        RequestContextMiddleware(lambda request: HttpResponse())(request)
