"""Indexes that answer “which households are of this division, this regiment” without reading the households."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0007_facts_said_later"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="household",
            index=models.Index(fields=["division", "id"], name="household_keys_by_division"),
        ),
        migrations.AddIndex(
            model_name="household",
            index=models.Index(fields=["regiment", "id"], name="household_keys_by_regiment"),
        ),
    ]
