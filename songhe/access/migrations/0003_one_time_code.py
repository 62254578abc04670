from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_token"),
    ]

    operations = [
        migrations.CreateModel(
            name="OneTimeCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("phone", models.CharField(max_length=64)),
                ("purpose", models.CharField(max_length=12)),
                ("about", models.CharField(blank=True, default="", max_length=64)),
                ("digest", models.CharField(max_length=64)),
                ("address", models.CharField(blank=True, default="", max_length=45)),
                ("sent_at", models.DateTimeField()),
                ("valid_until", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["phone", "sent_at"], name="access_code_phone"),
                    models.Index(fields=["address", "sent_at"], name="access_code_address"),
                ],
            },
        ),
    ]
