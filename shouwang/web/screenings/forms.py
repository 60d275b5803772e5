"""Starting a screening; the conditions over its results; choosing two to compare."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from shouwang.accounts.models import Unit
from shouwang.casework.models import Purpose, ScreeningRun
from shouwang.casework.models.screening import KEPT
from shouwang.casework.queries import LineFilter
from shouwang.casework.versions import screening_day
from shouwang.policy.forms import Rule
from shouwang.web.cases.reasons import OUTCOMES, TIERS
from shouwang.web.forms import FilterForm, UnitField
from shouwang.web.templatetags.ui import day as day_words
from shouwang.web.templatetags.ui import moment

_RANGES = ((Purpose.WHOLE, "全部户"), (Purpose.CHANGED, "只算上次以后资料有变动的户"))
#: Nobody has facts from before; and a day far ahead is a slip of the hand.
_EARLIEST = date(2015, 1, 1)


class StartForm(forms.Form):
    """发起一次筛查。"""

    regiment = UnitField(label="团", empty_label=None)
    purpose = forms.ChoiceField(
        label="算哪些户", choices=_RANGES, initial=Purpose.WHOLE, widget=forms.RadioSelect,
        help_text="只算有变动的户更快，结果与全部重算相同；须有同一截至日期、同一办法和参数的上次筛查。",
    )  # fmt: skip
    as_of = forms.DateField(
        label="截至日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="按这一天已有的资料和施行的办法、参数计算；计算期是这一天以前的四个整季度。",
    )  # fmt: skip

    def __init__(self, *args: Any, regiments: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["regiment"].queryset = regiments  # type: ignore[attr-defined]
        self.fields["as_of"].initial = screening_day()
        if len(regiments) == 1:
            self.fields["regiment"].widget = forms.HiddenInput()
            self.fields["regiment"].initial = regiments[0].uuid

    def clean_as_of(self) -> date:
        day: date = self.cleaned_data["as_of"]
        if not _EARLIEST <= day <= screening_day():
            raise forms.ValidationError(
                f"截至日期须在 {day_words(_EARLIEST)} 到 {day_words(screening_day())} 之间，以后的资料还没有。"
            )
        return day


class LinesFilter(FilterForm):
    """Conditions over the households of a run."""

    unit = UnitField(label="单位", empty_label="辖区内全部单位")
    outcome = forms.ChoiceField(label="结论", choices=[("", "全部"), *((name, OUTCOMES[name]) for name in KEPT)])
    rule = forms.ChoiceField(label="规则")
    tier = forms.ChoiceField(label="收入档次", choices=[("", "全部"), *TIERS.items()])

    def __init__(self, *args: Any, units: QuerySet[Unit], rules: Iterable[Rule], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.titles = {rule.id: rule.title for rule in rules}
        self.fields["rule"].choices = [("", "全部"), *self.titles.items()]  # type: ignore[attr-defined]

    @property
    def wanted(self) -> LineFilter:
        return LineFilter(**self.values)

    @property
    def told(self) -> str:
        """The conditions in words, for the export."""
        asked = self.wanted
        parts = (
            asked.unit.name if asked.unit else "辖区内全部单位", OUTCOMES.get(asked.outcome, ""),
            self.titles.get(asked.rule, ""), TIERS.get(asked.tier, ""),
        )  # fmt: skip
        return "，".join(part for part in parts if part)


class PairForm(FilterForm):
    """Two finished runs, and the unit they are compared in."""

    earlier = forms.ChoiceField(label="先")
    later = forms.ChoiceField(label="后")
    unit = UnitField(label="单位", empty_label="辖区内全部单位")

    def __init__(self, *args: Any, units: QuerySet[Unit], runs: Iterable[ScreeningRun], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        choices = [(str(run.uuid), named(run)) for run in runs]
        for name in ("earlier", "later"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]


def named(run: ScreeningRun) -> str:
    """One run in a list of choices."""
    return f"{moment(run.created_at)} 发起，截至 {day_words(run.as_of)}"
