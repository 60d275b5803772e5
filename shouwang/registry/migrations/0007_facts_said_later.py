"""An index over what was said after the first package: where sources may contradict each other."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0006_bad_rows_prepared_once"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="householdfact",
            index=models.Index(
                condition=models.Q(("source", "package"), _negated=True),
                fields=["household", "kind"],
                name="household_fact_said_later",
            ),
        ),
        migrations.AddIndex(
            model_name="personfact",
            index=models.Index(
                condition=models.Q(("source", "package"), _negated=True),
                fields=["person", "kind"],
                name="person_fact_said_later",
            ),
        ),
    ]
