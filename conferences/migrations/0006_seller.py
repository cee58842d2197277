from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("conferences", "0005_cancellation_policy")]
    operations = []
