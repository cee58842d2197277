from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("registrations", "0007_billing_address")]
    operations = []
