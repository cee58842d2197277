"""What a browser would send for the form it was shown."""

from html.parser import HTMLParser
from typing import Any

from django.test import Client


class _Fields(HTMLParser):
    """Collects the values of the admin's main form, as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._inside = False
        self._select = ""
        self._text_area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "form":
            self._inside = (given.get("id") or "").endswith("_form")
        elif not self._inside or "disabled" in given or "__prefix__" in name:
            return
        elif tag == "input":
            self._input(name, given)
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self.values[self._select] = given.get("value") or ""
        elif tag == "textarea":
            self._text_area = name
            self.values[name] = ""

    def _input(self, name: str, given: dict[str, str | None]) -> None:
        kind = given.get("type")
        if not name or kind in {"submit", "button"}:
            return
        if kind not in {"checkbox", "radio"}:
            self.values[name] = given.get("value") or ""
        elif "checked" in given:
            self.values[name] = given.get("value") or "on"

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._text_area = ""

    def handle_data(self, data: str) -> None:
        if self._text_area:
            self.values[self._text_area] += data.removeprefix("\n")


def shown_values(response: Any) -> dict[str, Any]:
    fields = _Fields()
    fields.feed(response.content.decode())
    assert "csrfmiddlewaretoken" in fields.values, "there is no form on this page"
    return dict(fields.values)


def submit(client: Client, address: str, **changes: Any) -> Any:
    """Open the form, change some fields and send it."""
    values = shown_values(client.get(address)) | changes
    return client.post(address, values)


def errors_in(response: Any) -> dict[str, list[str]]:
    """Field -> messages, of the form and of its inlines."""
    form = response.context["adminform"].form
    found = {name: list(errors) for name, errors in form.errors.items()}
    for inline in response.context["inline_admin_formsets"]:
        if inline.formset.non_form_errors():
            found[inline.formset.prefix] = list(inline.formset.non_form_errors())
        for row in inline.formset.forms:
            for name, errors in row.errors.items():
                found[f"{row.prefix}-{name}"] = list(errors)
    return found
