"""What lists of clues are filtered by, and what is filled in to deal with a clue or to report one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from shouwang.accounts.models import Unit
from shouwang.casework.models import ClueSource, ClueState
from shouwang.casework.queries import BECAME
from shouwang.policy.book import POLICIES, rules_in_force
from shouwang.terms.tables import CAUSES
from shouwang.web.cases.reasons import OUTCOMES
from shouwang.web.forms import FilterForm, UnitField

_DATE = {"type": "date"}
_FLAGGED = ("met", "suspected", "special")


def _day(label: str, help_text: str = "", *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label, help_text=help_text, required=required, widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d")
    )


def _text(label: str, help_text: str = "", most: int = 400) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, max_length=most, widget=forms.Textarea(attrs={"rows": "3"})
    )


def rule_titles() -> dict[str, str]:
    """Every rule in force today in any policy, by id."""
    today = timezone.localdate()
    rules = [rule for policy in POLICIES.values() for rule in rules_in_force(policy.package, today)]
    return {rule.id: rule.title for rule in rules}


class CluesFilter(FilterForm):
    SHOWN = 5
    DUE = (("", "全部"), ("overdue", "已超期"), ("soon", "三天内到期"))
    state = forms.CharField(widget=forms.HiddenInput)
    text = forms.CharField(label="户编号或姓名", max_length=60)
    unit = UnitField(label="单位", empty_label="全部单位")
    source = forms.ChoiceField(label="来源", choices=[("", "全部"), *ClueSource.choices])
    due = forms.ChoiceField(label="期限", choices=DUE)
    outcome = forms.ChoiceField(
        label="筛查结论", choices=[("", "全部"), *((name, OUTCOMES[name]) for name in _FLAGGED)]
    )
    rule = forms.ChoiceField(label="命中的规则")
    gone = forms.ChoiceField(label="最近一次筛查", choices=[("", "仍命中的和别处报来的"), ("yes", "连同不再命中的")])

    def __init__(self, *args: Any, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["rule"].choices = [("", "全部"), *rule_titles().items()]  # type: ignore[attr-defined]

    @property
    def in_use(self) -> bool:
        return any(self.data.get(name) for name in self.fields if name != "state")

    @property
    def state_asked(self) -> str:
        """The state of the tab: new clues unless another one, or all of them, are asked for."""
        asked = self.data.get("state") or ClueState.NEW.value
        return asked if asked in (*ClueState.values, "all") else ClueState.NEW.value

    @property
    def conditions(self) -> dict[str, Any]:
        """As `queries.clue_list` takes them, the state aside."""
        values = {name: value for name, value in self.values.items() if name != "state"}
        return values | {"gone": bool(values.get("gone"))}


class ReportsFilter(FilterForm):
    became = forms.ChoiceField(label="办理情况", choices=[("", "全部"), *BECAME.items()])


class Seen(forms.Form):
    """The revision that was on the page, so that a second person is told who was first."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


class OpenForm(Seen):
    """立案不用再填什么。"""


class TriageForm(Seen):
    note = _text("安排", "谁在什么时候走访，要核实什么。")
    revisit_on = _day("走访日期", "到期还没有办理，会列入超期。空白则用原来的期限。", required=False)


class DeclineForm(Seen):
    reason = _text("不愿申报的理由", "用本人的话写。")
    revisit_on = _day("再次走访的日期", "空白则按“不愿申报户再访间隔”计算。", required=False)


class MergeForm(Seen):
    number = forms.CharField(label="并入哪一户的线索", max_length=100, help_text="填那一户的户编号，例如分户前的原户。")
    reason = _text("为什么是同一件事")


class DismissForm(Seen):
    reason = _text("核查后不立案的理由", "写明核实了什么、凭什么。同样的事实不会再次产生线索，有新的事实才会。")


class ArrangeForm(forms.Form):
    note = _text("安排", "谁在什么时候走访，要核实什么。")
    revisit_on = _day("走访日期", "空白则用各条线索原来的期限。", required=False)


class FindForm(forms.Form):
    text = forms.CharField(label="户编号或姓名", max_length=60, help_text="户编号的开头，或户内任何一人的姓名。")


class ReportForm(forms.Form):
    source = forms.ChoiceField(
        label="从哪里知道的", choices=[(s.value, s.label) for s in (ClueSource.EVENT, ClueSource.SELF)]
    )
    cause = forms.ChoiceField(label="事由", choices=[("", "请选择"), *((cause, cause) for cause in CAUSES)])
    occurred_on = _day("发生日期")
    sentence = _text("发生了什么", "写事实：谁、多少钱、停工多久。不要写评语。", most=1000)


class PersonReportForm(forms.Form):
    citizen_number = forms.CharField(
        label="身份证号", max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    person_name = forms.CharField(label="姓名", max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    cause = forms.ChoiceField(label="事由", choices=[("", "请选择"), *((cause, cause) for cause in CAUSES)])
    occurred_on = _day("发生日期")
    sentence = _text("情况", "写事实：支出或收入变了多少，从什么时候起。", most=1000)


class AnswerForm(forms.Form):
    reason = _text("不处理的理由", "例如：不是本团户籍，也不在本团居住。报送部门只看到“不立案”，看不到这里写的。")
