"""The workbook of a batch's bad rows, prepared once by the worker and kept sealed."""

import django.db.models.deletion
import shouwang.accounts.crypto
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0005_people_counted_by_household"),
    ]

    operations = [
        migrations.CreateModel(
            name="BadRowsBook",
            fields=[
                (
                    "batch",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="bad_rows",
                        serialize=False,
                        to="registry.sourcebatch",
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("claim", models.UUIDField(blank=True, editable=False, null=True, verbose_name="办理凭据")),
                ("beat_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="最近报平安")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="已读到的行")),
                ("total", models.PositiveIntegerField(default=0, verbose_name="要读到的行")),
                ("rows", models.PositiveIntegerField(default=0, verbose_name="要改的行数")),
                ("problem", models.CharField(blank=True, default="", max_length=600, verbose_name="没有做成的原因")),
                ("ready_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="做好时间")),
                (
                    "content_key",
                    shouwang.accounts.crypto.EncryptedTextField(blank=True, default="", verbose_name="文件密钥"),
                ),
                ("sealed", models.BinaryField(default=b"", verbose_name="密文")),
            ],
            options={
                "verbose_name": "要改的行",
                "verbose_name_plural": "要改的行",
                "indexes": [
                    models.Index(
                        condition=models.Q(("problem", ""), ("ready_at", None)),
                        fields=["batch"],
                        name="bad_rows_to_prepare",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ready_at", None), ("problem", ""), _connector="OR"),
                        name="bad_rows_ready_or_not",
                    )
                ],
            },
        ),
    ]
