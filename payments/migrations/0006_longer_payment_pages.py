"""Payment pages of Stripe have addresses of more than five hundred characters."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0005_bank_statements'),
    ]

    operations = [
        migrations.AlterField(
            model_name='payment',
            name='redirect_url',
            field=models.CharField(max_length=2000, verbose_name='payment page'),
        ),
    ]
