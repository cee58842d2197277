"""The forms about bank statements and transfers."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.bank.reading import MOST_BYTES
from payments.bank.statements import Upload


class ImportForm(forms.Form):
    organization = forms.TypedChoiceField(
        label=gettext_lazy("Organization"), coerce=UUID
    )
    file = forms.FileField(
        label=gettext_lazy("Statement"),
        max_length=255,
        help_text=gettext_lazy(
            "CAMT.053 (XML) or CSV, as your bank exports it, up to 5 MB. What was"
            " imported before is recognised and not taken twice."
        ),
        widget=forms.FileInput(attrs={"accept": ".xml,.csv,.txt"}),
    )
    account = forms.CharField(
        label=gettext_lazy("Account (IBAN)"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Only for a CSV that does not name its own account."),
    )
    currency = forms.RegexField(
        label=gettext_lazy("Currency"),
        regex=r"\A[A-Za-z]{3}\Z",
        required=False,
        help_text=gettext_lazy("Only for a CSV without a currency, for example EUR."),
        error_messages={"invalid": gettext_lazy("Write a code such as EUR.")},
    )

    def __init__(self, organizations: dict[UUID, str], *args: Any) -> None:
        super().__init__(*args)
        choices = [(str(id), name) for id, name in organizations.items()]
        organization = self.fields["organization"]
        organization.choices = choices  # type: ignore[attr-defined]  # a choice field
        if len(choices) == 1:
            organization.widget = forms.HiddenInput()
            organization.initial = choices[0][0]

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(
                _("The file has more than 5 MB. Export fewer days at a time.")
            )
        return file

    def upload(self) -> Upload:
        said = self.cleaned_data
        return Upload(
            organization_id=said["organization"],
            file_name=said["file"].name or "",
            content=said["file"].read(),
            account=said["account"],
            currency=said["currency"],
        )


class NoteForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text=gettext_lazy("For whoever looks at this later."),
    )


class ReturnForm(NoteForm):
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text=gettext_lazy("When and how it was sent back."),
        error_messages={
            "required": gettext_lazy("Say when and how the money was sent back.")
        },
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Order code"), required=False, max_length=50
    )
