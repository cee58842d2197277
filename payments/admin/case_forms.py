"""What a step about a case asks besides a yes."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments import money
from payments.admin.case_steps import CaseStep
from payments.admin.orders import OrderFacts
from payments.models import Case


class StepForm(forms.Form):
    """A note where a human decides, and an amount where money goes."""

    amount = forms.DecimalField(
        label=gettext_lazy("Amount"), min_value=Decimal("0.001"), decimal_places=3
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text=gettext_lazy("What you found or did: it is kept with the case."),
    )

    def __init__(
        self,
        *args: Any,
        case: Case,
        step: CaseStep,
        order: OrderFacts | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.payment = case.payment
        self.fields["note"].required = step.needs_note(case, order)
        if not step.takes_note:
            del self.fields["note"]
        if not step.wants_amount or self.payment is None:
            del self.fields["amount"]
        else:
            self.fields["amount"].help_text = _("At most %s.") % money.formatted(
                self.payment.refundable_amount, self.payment.currency
            )

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        if self.payment and amount > self.payment.refundable_amount:
            raise forms.ValidationError(_("That is more than what is left."))
        return amount
