from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("payments", "0004_facts_disputes_cases")]
    operations = []
