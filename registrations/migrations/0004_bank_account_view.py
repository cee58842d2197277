from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("registrations", "0003_answers_know_their_order")]
    operations = []
