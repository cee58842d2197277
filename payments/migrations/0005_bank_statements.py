import django.db.models.deletion
import uuid_utils.compat
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0004_facts_disputes_cases'),
    ]

    operations = [
        migrations.CreateModel(
            name='BankStatement',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('organization_id', models.UUIDField(verbose_name='organization')),
                ('file_name', models.CharField(max_length=255, verbose_name='file')),
                ('digest', models.CharField(max_length=64, verbose_name='digest')),
                ('account', models.CharField(blank=True, default='', max_length=40, verbose_name='account')),
                ('entries', models.PositiveIntegerField(verbose_name='entries')),
                ('left_out', models.PositiveIntegerField(verbose_name='outgoing, left out')),
                ('known_before', models.PositiveIntegerField(verbose_name='known before')),
                ('imported_by', models.CharField(max_length=150, verbose_name='imported by')),
                ('imported_at', models.DateTimeField(verbose_name='imported')),
                ('confirmed_by', models.CharField(blank=True, default='', max_length=150, verbose_name='confirmed by')),
                ('confirmed_at', models.DateTimeField(null=True, verbose_name='confirmed')),
            ],
            options={
                'verbose_name': 'bank statement',
                'verbose_name_plural': 'bank statements',
                'indexes': [models.Index(models.F('organization_id'), models.F('imported_at'), name='bank_statement_organization')],
                'constraints': [models.UniqueConstraint(fields=('organization_id', 'digest'), name='bank_statement_file_once_per_organization')],
            },
        ),
        migrations.CreateModel(
            name='BankTransfer',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('organization_id', models.UUIDField(verbose_name='organization')),
                ('account', models.CharField(blank=True, default='', max_length=40, verbose_name='account')),
                ('key', models.CharField(max_length=64, verbose_name='key')),
                ('booked_on', models.DateField(verbose_name='booked')),
                ('amount', models.DecimalField(decimal_places=3, max_digits=18, verbose_name='amount')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('purpose', models.TextField(blank=True, default='', verbose_name='purpose')),
                ('payer_name', models.CharField(blank=True, default='', max_length=140, verbose_name='payer')),
                ('payer_iban', models.CharField(blank=True, default='', max_length=40, verbose_name="payer's account")),
                ('end_to_end', models.CharField(blank=True, default='', max_length=140, verbose_name="payer's reference")),
                ('bank_reference', models.CharField(blank=True, default='', max_length=140, verbose_name="bank's reference")),
                ('is_reversal', models.BooleanField(default=False, verbose_name='reversal')),
                ('status', models.CharField(choices=[('waiting', 'Waits for the import to be confirmed'), ('matched', 'Matched'), ('near_miss', 'Near miss'), ('duplicate', 'Second transfer for one order'), ('unmatched', 'Unmatched'), ('ignored', 'Not for us'), ('returned', 'Sent back by hand')], default='waiting', max_length=20, verbose_name='status')),
                ('trouble', models.CharField(blank=True, choices=[('', ''), ('reversed', 'Taken back or sent back by a bank'), ('several', 'Fits several orders'), ('duplicate', 'The order is paid by another transfer'), ('marked-paid', 'The order was marked paid by hand'), ('less', 'Less than asked for'), ('more', 'More than asked for'), ('currency', 'Another currency than asked for'), ('code-slip', 'The order code is not quite right'), ('no-code', 'No order code, but amount and name fit'), ('unknown', 'Nothing that it could be for')], default='', max_length=20, verbose_name='why')),
                ('decided_by', models.CharField(blank=True, default='', max_length=150, verbose_name='decided by')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided')),
                ('note', models.TextField(blank=True, default='', verbose_name='note')),
                ('payment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='transfers', to='payments.payment', verbose_name='payment')),
                ('statement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transfers', to='payments.bankstatement', verbose_name='statement')),
            ],
            options={
                'verbose_name': 'bank transfer',
                'verbose_name_plural': 'bank transfers',
                'indexes': [models.Index(models.F('organization_id'), models.F('booked_on'), name='bank_transfer_organization'), models.Index(models.F('organization_id'), condition=models.Q(('status__in', ['near_miss', 'duplicate', 'unmatched'])), name='bank_transfer_to_decide')],
                'constraints': [models.UniqueConstraint(fields=('organization_id', 'account', 'key'), name='bank_transfer_once_per_account'), models.UniqueConstraint(fields=('payment',), name='bank_transfer_one_per_payment'), models.CheckConstraint(condition=models.Q(models.Q(('payment__isnull', False), ('status', 'matched')), models.Q(models.Q(('status', 'matched'), _negated=True), ('payment__isnull', True)), _connector='OR'), name='bank_transfer_matched_has_payment'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('status__in', ['matched', 'ignored', 'returned'])), models.Q(models.Q(('status__in', ['matched', 'ignored', 'returned']), _negated=True), ('decided_at__isnull', True)), _connector='OR'), name='bank_transfer_decided_has_time'), models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='bank_transfer_has_amount'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='bank_transfer_currency_is_iso_code')],
            },
        ),
    ]
