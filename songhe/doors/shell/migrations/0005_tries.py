from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shell", "0004_practice_goes_on")]

    operations = [
        migrations.CreateModel(
            name="Tries",
            fields=[
                ("key", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("until", models.BigIntegerField()),
                ("count", models.IntegerField()),
            ],
            options={"indexes": [models.Index(fields=["until"], name="shell_tries_old")]},
        ),
    ]
