import conferences.fields
import conferences.validators
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("conferences", "0003_contact_and_invoice_account")]
    operations = [
        migrations.AddField(
            model_name="conference",
            name="account_holder",
            field=models.CharField(
                blank=True,
                default="",
                help_text="In whose name the account is that invoices are paid to.",
                max_length=70,
                verbose_name="account holder",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="conference",
            name="iban",
            field=conferences.fields.IbanField(
                blank=True,
                default="",
                max_length=34,
                validators=[conferences.validators.validate_iban],
                verbose_name="IBAN",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="conference",
            name="bic",
            field=conferences.fields.CompactField(
                blank=True,
                default="",
                help_text="Only needed for transfers from outside the SEPA countries.",
                max_length=11,
                validators=[conferences.validators.validate_bic],
                verbose_name="BIC",
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="conference",
            name="payment_instructions",
            field=models.TextField(
                blank=True,
                help_text="Further words for who pays by invoice; shown with the account.",
                max_length=1000,
                verbose_name="how to pay an invoice",
            ),
        ),
        migrations.AddConstraint(
            model_name="conference",
            constraint=models.CheckConstraint(
                condition=Q(iban="") | ~Q(account_holder=""),
                name="conference_account_has_holder",
                violation_error_message="Say in whose name the account is.",
            ),
        ),
        migrations.AddConstraint(
            model_name="conference",
            constraint=models.CheckConstraint(
                condition=Q(bic="") | ~Q(iban=""),
                name="conference_bank_has_account",
                violation_error_message="Give the IBAN that this BIC belongs to.",
            ),
        ),
    ]
