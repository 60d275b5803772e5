"""What is asked before a batch counts, and before it is taken out."""

from __future__ import annotations

from typing import Any

from django import forms

_ROWS = {"rows": "3"}


class ConfirmForm(forms.Form):
    """Nothing is asked of a batch that is what one would expect; of any other, why it is right all the same.

    Rows that look like what the ledger holds are answered for apart: `others` is the sentence that lets them count.
    """

    sure = forms.BooleanField(
        label="已核对原文件，确认无误", error_messages={"required": "请先核对原文件，再勾选这一项。"}
    )
    reason = forms.CharField(
        label="为什么没有错", max_length=300, widget=forms.Textarea(attrs=_ROWS),
        help_text="写明核对了什么，例如：已与财务核对，本月补发全年补贴。写进审计记录。",
    )  # fmt: skip

    others = forms.BooleanField(
        error_messages={"required": "请先看过这些行。是更正的，撤销原来那一批；确实是另外的，勾选这一项。"},
    )

    def __init__(self, *args: Any, stops: list[str], others: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["others"].label = others
        if not stops:
            del self.fields["sure"], self.fields["reason"]
        if not others:
            del self.fields["others"]


class UndoForm(forms.Form):
    """为什么撤销。"""

    reason = forms.CharField(
        label="撤销的原因",
        max_length=300,
        widget=forms.Textarea(attrs=_ROWS),
        help_text="例如：送错了月份。写进这一批的经过。",
    )
