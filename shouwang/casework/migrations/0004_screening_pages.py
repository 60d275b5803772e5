# written as makemigrations writes it
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0003_clue_report"),
        ("registry", "0002_search_and_append_only"),
    ]

    operations = [
        migrations.AddField(
            model_name="runline",
            name="net_income_per_head",
            field=models.BigIntegerField(null=True, verbose_name="人均纯收入（分）"),
        ),
        migrations.AddField(
            model_name="runline",
            name="score",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="先后分"),
        ),
        migrations.AddField(
            model_name="screeningrun",
            name="claim",
            field=models.UUIDField(blank=True, editable=False, null=True, verbose_name="办理凭据"),
        ),
        migrations.AddField(
            model_name="screeningrun",
            name="done",
            field=models.PositiveIntegerField(default=0, verbose_name="已写户数"),
        ),
        migrations.AddField(
            model_name="screeningrun",
            name="total",
            field=models.PositiveIntegerField(default=0, verbose_name="要写户数"),
        ),
        migrations.AlterField(
            model_name="screeningrun",
            name="counts",
            field=models.JSONField(default=dict, verbose_name="各结论户数和人数"),
        ),
        migrations.AddIndex(
            model_name="runline",
            index=models.Index(fields=["run", "-score", "-id"], name="run_line_by_score"),
        ),
    ]
