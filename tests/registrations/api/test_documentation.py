"""The page that shows the API, in a browser, under the site's content policy."""

from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser

from tests.journeys.browser import Visitor
from tests.registrations.api import contract
from tests.registrations.api.client import Client


@pytest.mark.e2e
@pytest.mark.django_db(transaction=True)
def test_the_page_shows_every_call_without_violating_the_policy(
    chrome: Browser, live_server: Any
):
    visitor = Visitor(chrome, live_server.url)
    page = visitor.page
    page.goto("/api/v1/docs/")
    page.get_by_text("Place an order").wait_for()
    assert page.locator(".opblock").count() == len(list(contract.operations()))
    page.get_by_text("Place an order").click()
    page.get_by_text("idempotency-key-reused").first.wait_for()
    page.get_by_role("button", name="Authorize").first.click()
    page.get_by_text("orderToken").first.wait_for()
    visitor.close()


@pytest.mark.django_db
def test_the_pages_policy_is_that_of_the_site(api: Client):
    policy = api.django.get("/api/v1/docs/")["Content-Security-Policy"]
    for directive, sources in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items():
        assert f"{directive} {' '.join(sources)}" in policy
    assert "unsafe" not in policy
