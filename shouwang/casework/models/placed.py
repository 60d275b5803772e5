"""Where the household of a row lives, kept in the row itself, so that a list or a count need not read the household."""

from __future__ import annotations

from django.db import models

from shouwang.accounts.models import Unit


class Placed(models.Model):
    """范围列：与这一户的相同，由数据库触发器保持（`casework.scope_columns`），程序不写，写了也不算。"""

    division = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", editable=False, db_index=False)
    regiment = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", editable=False, db_index=False)
    company = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", editable=False, db_index=False)

    class Meta:
        abstract = True
