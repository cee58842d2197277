from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("conferences", "0003_contact_and_invoice_account")]
    operations = []
