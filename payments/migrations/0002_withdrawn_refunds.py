"""Refunds that failed can be withdrawn, so that the payment keeps its money."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0001_payments'),
    ]

    operations = [
        migrations.AddField(
            model_name='refund',
            name='withdrawn_at',
            field=models.DateTimeField(null=True, verbose_name='withdrawn'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='attention',
            field=models.CharField(blank=True, choices=[('', 'None'), ('paid-after-rejection', 'Paid after its rejection'), ('rejected-after-payment', 'Rejected by the provider after it was paid'), ('refunded-after-withdrawal', 'Given back although the refund was withdrawn')], default='', max_length=30, verbose_name='needs attention'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='status',
            field=models.CharField(choices=[('requested', 'Requested'), ('by_hand', 'To be settled by hand'), ('failed', 'Failed'), ('withdrawn', 'Withdrawn'), ('done', 'Done')], default='requested', max_length=20, verbose_name='status'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'withdrawn'), ('withdrawn_at__isnull', False)), models.Q(models.Q(('status', 'withdrawn'), _negated=True), ('withdrawn_at__isnull', True)), _connector='OR'), name='refund_withdrawn_has_time'),
        ),
    ]
