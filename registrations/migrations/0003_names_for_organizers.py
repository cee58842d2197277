"""What organizers call these tables."""


from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('registrations', '0002_conference_was_published'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='conferenceview',
            options={'verbose_name': "conference's seats", 'verbose_name_plural': 'seats by conference'},
        ),
        migrations.AlterModelOptions(
            name='notification',
            options={'verbose_name': 'mail', 'verbose_name_plural': 'mails'},
        ),
        migrations.AlterModelOptions(
            name='orderseat',
            options={'verbose_name': 'attendee', 'verbose_name_plural': 'attendees'},
        ),
        migrations.AlterModelOptions(
            name='orderview',
            options={'verbose_name': 'order', 'verbose_name_plural': 'orders'},
        ),
    ]
