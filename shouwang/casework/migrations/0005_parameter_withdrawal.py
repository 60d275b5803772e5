# written as makemigrations writes it
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_access_tokens"),
        ("casework", "0004_screening_pages"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="parameterchange", name="change_second_person"),
        migrations.AlterField(
            model_name="parameterchange",
            name="decided_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="办结时间"),
        ),
        migrations.AlterField(
            model_name="parameterchange",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="办结人",
            ),
        ),
        migrations.AlterField(
            model_name="parameterchange",
            name="decision",
            field=models.CharField(blank=True, default="", max_length=400, verbose_name="意见或理由"),
        ),
        migrations.AlterField(
            model_name="parameterchange",
            name="state",
            field=models.CharField(
                choices=[
                    ("proposed", "待复核"),
                    ("signed", "已生效或待生效"),
                    ("rejected", "不同意"),
                    ("withdrawn", "提出人已撤回"),
                ],
                default="proposed",
                max_length=10,
                verbose_name="状态",
            ),
        ),
        migrations.AddConstraint(
            model_name="parameterchange",
            constraint=models.CheckConstraint(
                name="change_second_person_or_own_withdrawal",
                condition=Q(decided_by=None)
                | Q(state="withdrawn", decided_by=F("proposed_by"))
                | (~Q(state="withdrawn") & ~Q(decided_by=F("proposed_by"))),
            ),
        ),
    ]
