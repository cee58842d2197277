from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_provider_messages")]
    operations = []
