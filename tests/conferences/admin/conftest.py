"""Browsers of the people who work in the admin."""

import pytest
from django.test import Client

from tests.factories import conferences as make


@pytest.fixture
def organizer() -> Client:
    """Signed in as an organizer of Contoso."""
    browser = Client()
    browser.force_login(make.member(make.organization("contoso")))
    return browser


@pytest.fixture
def owner() -> Client:
    browser = Client()
    browser.force_login(make.member(make.organization("contoso"), "owner"))
    return browser


@pytest.fixture
def viewer() -> Client:
    browser = Client()
    browser.force_login(make.member(make.organization("contoso"), "viewer"))
    return browser


@pytest.fixture
def administrator() -> Client:
    browser = Client()
    browser.force_login(make.superuser())
    return browser
