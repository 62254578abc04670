from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shell", "0003_staying")]

    operations = [
        migrations.AddField(
            model_name="practice",
            name="lived_on",
            field=models.DateField(null=True),
        ),
    ]
