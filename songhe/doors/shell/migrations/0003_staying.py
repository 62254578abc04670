from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("shell", "0002_sessions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="signin",
            name="stays_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="signin",
            index=models.Index(
                condition=models.Q(("device", ""), _negated=True), fields=["device"], name="shell_signin_device"
            ),
        ),
    ]
