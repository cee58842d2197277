from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("registrations", "0005_cancelled_seats")]
    operations = []
