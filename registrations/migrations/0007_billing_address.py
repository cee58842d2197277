from django.db import migrations, models


def column(name: str, length: int) -> migrations.AddField:
    return migrations.AddField(
        model_name="orderview",
        name=f"billing_{name}",
        field=models.CharField(default="", max_length=length),
    )


class Migration(migrations.Migration):
    dependencies = [("registrations", "0006_ledger")]
    operations = [
        column("company", 150),
        column("street", 150),
        column("postcode", 20),
        column("city", 100),
        column("country", 2),
        column("tax_id", 40),
    ]
