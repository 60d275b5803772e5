"""Files read and posted by the worker: queue, progress, the sealed file, columns remembered."""

import django.db.models.deletion
import shouwang.accounts.crypto
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_audit_triggers"),
        ("registry", "0002_search_and_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="BatchBody",
            fields=[
                (
                    "batch",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="body",
                        serialize=False,
                        to="registry.sourcebatch",
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("content_key", shouwang.accounts.crypto.EncryptedTextField(verbose_name="文件密钥")),
                ("sealed", models.BinaryField(verbose_name="密文")),
                (
                    "top",
                    models.BinaryField(
                        default=b"", help_text="列名对不上时留着，供人对应。", verbose_name="各工作表的开头，密文"
                    ),
                ),
            ],
            options={
                "verbose_name": "原文件",
                "verbose_name_plural": "原文件",
            },
        ),
        migrations.CreateModel(
            name="BatchWork",
            fields=[
                (
                    "batch",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="work",
                        serialize=False,
                        to="registry.sourcebatch",
                    ),
                ),
                ("progress", models.CharField(blank=True, default="", max_length=60, verbose_name="进度")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="已办行数")),
                ("total", models.PositiveIntegerField(default=0, verbose_name="总行数")),
                ("beat_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="最近报平安")),
                ("problem", models.CharField(blank=True, default="", max_length=600, verbose_name="没有收的原因")),
                (
                    "measures",
                    models.JSONField(
                        blank=True, default=dict, help_text="行数、对不上的行数、金额中位数。", verbose_name="概况"
                    ),
                ),
            ],
            options={
                "verbose_name": "批次进度",
                "verbose_name_plural": "批次进度",
            },
        ),
        migrations.CreateModel(
            name="ColumnMemory",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("department", models.CharField(blank=True, default="", max_length=40, verbose_name="部门代码")),
                ("feed", models.CharField(max_length=40, verbose_name="资料种类")),
                ("headers", models.JSONField(verbose_name="资料的列 → 文件里的列名")),
            ],
            options={
                "verbose_name": "列的对应",
                "verbose_name_plural": "列的对应",
            },
        ),
        migrations.RemoveConstraint(
            model_name="sourcebatch",
            name="batch_same_file_once",
        ),
        migrations.RemoveConstraint(
            model_name="sourcebatch",
            name="batch_state_known",
        ),
        migrations.AddField(
            model_name="sourcebatch",
            name="feed",
            field=models.CharField(
                blank=True, default="", help_text="空白为标准表。", max_length=40, verbose_name="资料种类"
            ),
        ),
        migrations.AddField(
            model_name="sourcebatch",
            name="mapping",
            field=models.JSONField(
                blank=True, default=dict, help_text="资料的列 → 文件里的列名。", verbose_name="列的对应"
            ),
        ),
        migrations.AlterField(
            model_name="batchstep",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "等待读取"),
                    ("reading", "读取中"),
                    ("mapping", "待对应列"),
                    ("staged", "待确认"),
                    ("publishing", "入库中"),
                    ("confirmed", "已入库"),
                    ("undone", "已撤销"),
                    ("refused", "没有收"),
                ],
                max_length=10,
                verbose_name="步骤",
            ),
        ),
        migrations.AlterField(
            model_name="sourcebatch",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "等待读取"),
                    ("reading", "读取中"),
                    ("mapping", "待对应列"),
                    ("staged", "待确认"),
                    ("publishing", "入库中"),
                    ("confirmed", "已入库"),
                    ("undone", "已撤销"),
                    ("refused", "没有收"),
                ],
                default="staged",
                max_length=10,
                verbose_name="状态",
            ),
        ),
        migrations.AlterField(
            model_name="sourcerow",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("accepted", "接受"),
                    ("matched", "已匹配"),
                    ("unmatched", "未匹配"),
                    ("ambiguous", "不止一人"),
                    ("duplicate", "重复"),
                    ("unchanged", "没有变化"),
                    ("rejected", "退回"),
                    ("refused", "判定不是"),
                ],
                max_length=10,
                verbose_name="结果",
            ),
        ),
        migrations.AddIndex(
            model_name="sourcebatch",
            index=models.Index(
                condition=models.Q(("state__in", ["queued", "reading", "publishing"])),
                fields=["id"],
                name="batch_to_work_off",
            ),
        ),
        migrations.AddConstraint(
            model_name="sourcebatch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["undone", "refused"]), _negated=True),
                fields=("regiment", "table", "feed", "sha256"),
                name="batch_same_file_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="sourcebatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["queued", "reading", "mapping", "staged", "publishing", "confirmed", "undone", "refused"],
                    )
                ),
                name="batch_state_known",
            ),
        ),
        migrations.AddField(
            model_name="columnmemory",
            name="unit",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"),
        ),
        migrations.AddConstraint(
            model_name="columnmemory",
            constraint=models.UniqueConstraint(fields=("unit", "department", "feed"), name="column_memory_once"),
        ),
    ]
