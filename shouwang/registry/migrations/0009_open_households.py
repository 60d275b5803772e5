"""Indexes of the list of households that also tell how many are open, without reading a household."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_access_tokens"),
        ("registry", "0008_household_keys_by_unit"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="household",
            name="household_by_division",
        ),
        migrations.RemoveIndex(
            model_name="household",
            name="household_by_regiment",
        ),
        migrations.RemoveIndex(
            model_name="household",
            name="household_by_company",
        ),
        migrations.AddIndex(
            model_name="household",
            index=models.Index(fields=["division", "number", "closed_on"], name="household_open_by_division"),
        ),
        migrations.AddIndex(
            model_name="household",
            index=models.Index(fields=["regiment", "number", "closed_on"], name="household_open_by_regiment"),
        ),
        migrations.AddIndex(
            model_name="household",
            index=models.Index(fields=["company", "number", "closed_on"], name="household_open_by_company"),
        ),
    ]
