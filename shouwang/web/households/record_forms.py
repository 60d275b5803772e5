"""Forms that record something: facts, settlements, events, files, and taking back a line."""

from __future__ import annotations

from typing import Any

from django import forms

from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import post_for
from shouwang.registry.conflicts import Conflict
from shouwang.registry.models import FactSource
from shouwang.registry.models.document import LARGEST_BYTES
from shouwang.terms.tables import CAUSES, Column, Type
from shouwang.web.households.act import CHOOSE, ActForm, day_field, reason_field
from shouwang.web.households.words import fact_source
from shouwang.web.templatetags.ui import day


def value_field(column: Column) -> forms.Field:
    """The control that takes what a column takes."""
    if column.type is Type.YES_NO:
        return forms.ChoiceField(label=column.header, choices=[("是", "是"), ("否", "否")], widget=forms.RadioSelect)
    if column.type is Type.CHOICE:
        return forms.ChoiceField(label=column.header, choices=[CHOOSE, *((word, word) for word in column.choices)])
    usual = [(word, word) for word in column.usual]
    if column.several:
        return forms.MultipleChoiceField(
            label=column.header, choices=usual, widget=forms.CheckboxSelectMultiple, help_text="可以选几项。"
        )
    return forms.ChoiceField(label=column.header, choices=[CHOOSE, *usual])


class FactForm(ActForm):
    """登记一项情况：内容、截至哪天、听谁说的。旧的不删。"""

    as_of = day_field("截至日期", help_text="这个情况是哪一天的。")
    source = forms.ChoiceField(label="来源", widget=forms.RadioSelect)
    reason = reason_field(required=False, label="说明")

    field_order = ("version", "value")

    def arrange(self) -> None:
        self.fields["value"] = value_field(self.subject.column)
        self.order_fields(self.field_order)
        unit = self.household.unit
        allowed = [
            (source.value, str(source.label))
            for source, permission in (
                (FactSource.VISIT, Permission.VISIT_RECORD), (FactSource.SELF, Permission.HOUSEHOLD_EDIT),
            )
            if post_for(self.user, permission, unit)
        ]  # fmt: skip
        self.fields["source"].choices = allowed  # type: ignore[attr-defined]
        self.fields["source"].initial = allowed[0][0] if allowed else None

    def clean_value(self) -> str:
        """Several values as one text, as facts keep them."""
        value = self.cleaned_data["value"]
        return "、".join(value) if isinstance(value, list) else str(value)


class SettleForm(ActForm):
    """判定以哪个来源为准。所有来源的说法都保留。"""

    value = forms.ChoiceField(label="以哪个为准", widget=forms.RadioSelect)
    reason = reason_field(label="依据", help_text="怎样核实的，例如入户查看、查验证件。")

    def arrange(self) -> None:
        conflict: Conflict = self.subject.conflict
        told: dict[str, list[str]] = {}
        for fact in conflict.facts:
            told.setdefault(fact.value, []).append(f"{fact_source(fact)}，截至 {day(fact.as_of)}")
        self.fields["value"].choices = [(value, f"{value}：{'；'.join(words)}") for value, words in told.items()]  # type: ignore[attr-defined]


class EventForm(ActForm):
    """登记变故。"""

    cause = forms.ChoiceField(label="事由", choices=[CHOOSE, *((cause, cause) for cause in CAUSES)])
    occurred_on = day_field("发生日期")
    note = forms.CharField(
        label="说明", max_length=1000, required=False, help_text="事由是“其他”时必填。",
        widget=forms.Textarea(attrs={"rows": "3"}),
    )  # fmt: skip


class ReasonedForm(ActForm):
    """Only why: taking back a line, withdrawing an event."""

    reason = reason_field()


class DocumentForm(ActForm):
    """上传附件。"""

    file = forms.FileField(
        label="文件", help_text="PDF、PNG、JPG，不超过 10 MB。加密保存，每次下载都有记录。",
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )  # fmt: skip
    title = forms.CharField(label="名称", max_length=100, help_text="例如“王志强诊断书”。")

    def clean_file(self) -> Any:
        """Refused by size before it is read; the action looks at the content."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_BYTES:
            raise forms.ValidationError("文件超过 10 MB，没有保存。请压缩或分成几份。")
        return file
