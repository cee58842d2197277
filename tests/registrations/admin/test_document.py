"""Documents in the admin: found, read, downloaded; nobody changes one."""

import pytest
from django.urls import reverse

from registrations.models import Document
from tests.registrations.admin.pages import listing, page, read, rows

pytestmark = pytest.mark.django_db


def file_of(key):
    return reverse("admin:registrations_document_file", args=[key])


@pytest.fixture
def receipt(seated) -> Document:
    return Document.objects.get(order_id=seated.pk)


def test_list_is_searched_by_number(organizer, summit, receipt):
    summit.confirmed((summit.party, 1))
    assert rows(organizer, "document") == ["REC-00002", "REC-00001"]
    assert rows(organizer, "document", q="REC-00001") == ["REC-00001"]
    assert rows(organizer, "document", q="INV") == []
    text = read(organizer, listing("document"))
    assert "$398.00" in text
    assert "Registrant One" in text


def test_page_says_what_it_is_and_leads_to_order_and_file(organizer, receipt):
    answer = organizer.get(page("document", receipt.pk))
    source = answer.content.decode()
    assert file_of(receipt.pk) in source
    assert page("orderview", receipt.order_id) in source
    assert receipt.digest in source


@pytest.mark.parametrize("who", ["owner", "organizer", "viewer", "administrator"])
def test_every_member_may_download(request, who, receipt):
    answer = request.getfixturevalue(who).get(file_of(receipt.pk))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="REC-00001.pdf"'
    assert answer.content.startswith(b"%PDF-")


def test_file_of_another_organization_is_not_there(organizer, nobody, foreign):
    other = foreign.ids["document"]
    assert organizer.get(file_of(other)).status_code == 404
    assert nobody.get(file_of(other)).status_code in {403, 404}


def test_nobody_adds_changes_or_deletes_one(administrator, owner, receipt):
    for client in (administrator, owner):
        add = reverse("admin:registrations_document_add")
        delete = reverse("admin:registrations_document_delete", args=[receipt.pk])
        assert client.get(add).status_code == 403
        assert client.post(delete, {"post": "yes"}).status_code == 403
        changed = client.post(page("document", receipt.pk), {"label": "REC-9"})
        assert changed.status_code == 403
        assert client.post(file_of(receipt.pk)).status_code == 405
    receipt.refresh_from_db()
    assert receipt.label == "REC-00001"


def test_order_page_lists_its_documents(organizer, receipt):
    answer = organizer.get(page("orderview", receipt.order_id))
    assert page("document", receipt.pk) in answer.content.decode()
    assert file_of(receipt.pk) in answer.content.decode()


def test_list_asks_as_often_for_three_as_for_one(
    organizer, summit, receipt, django_assert_max_num_queries
):
    for _ in range(2):
        summit.confirmed((summit.party, 1))
    with django_assert_max_num_queries(14):
        assert len(rows(organizer, "document")) == 3
