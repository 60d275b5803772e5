"""Indexes from which names by household, and open households by unit, are told without reading a row."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_access_tokens"),
        ("registry", "0009_open_households"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="household", name="household_keys_by_division"),
        migrations.RemoveIndex(model_name="household", name="household_keys_by_regiment"),
        migrations.AddIndex(
            model_name="household",
            index=models.Index(fields=["division", "id", "closed_on", "regiment"], name="household_keys_of_division"),
        ),
        migrations.AddIndex(
            model_name="household",
            index=models.Index(fields=["regiment", "id", "closed_on", "company"], name="household_keys_of_regiment"),
        ),
        migrations.RemoveIndex(model_name="membership", name="membership_open_by_household"),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(
                fields=["household", "left_on", "resident_here", "registered_here"],
                name="membership_by_household",
                condition=models.Q(superseded_at=None),
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["home", "name_tokens"], name="person_names_by_home"),
        ),
        # Not by AlterField: on SQLite it would build the table anew, and the triggers of the name index would be gone.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="person",
                    name="home",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="people",
                        to="registry.household",
                        verbose_name="所在户",
                    ),
                )
            ],
            database_operations=[
                migrations.RunSQL(
                    "DROP INDEX IF EXISTS registry_person_home_id_64e5e6de",
                    "CREATE INDEX registry_person_home_id_64e5e6de ON registry_person (home_id)",
                )
            ],
        ),
    ]
