"""Forms about who belongs to a household."""

from __future__ import annotations

from typing import Any

from django import forms

from shouwang.accounts.roles import Permission
from shouwang.registry.models import ChangeKind, Household, Sex
from shouwang.registry.models.household import ARRIVALS, DEPARTURES, HEAD
from shouwang.registry.queries import companies_for
from shouwang.terms.tables import RELATIONS
from shouwang.web.forms import UnitField
from shouwang.web.households.act import CHOOSE, ActForm, day_field, reason_field

_QUIET = {"autocomplete": "off"}
#: Yes, no, and not known: the registry keeps the three apart.
TRUTHS = (("", "不清楚"), ("yes", "是"), ("no", "否"))
OTHERS = [(relation, relation) for relation in RELATIONS if relation != HEAD]


def truth(label: str) -> forms.TypedChoiceField:
    """是、否、不清楚."""
    return forms.TypedChoiceField(
        label=label, required=False, choices=TRUTHS, coerce=lambda value: value == "yes", empty_value=None
    )


def kinds(some: tuple[ChangeKind, ...]) -> list[tuple[str, str]]:
    """Kinds of change as choices."""
    return [(str(kind), str(ChangeKind(kind).label)) for kind in some]


class PersonFields(forms.Form):
    """Who somebody is. Used for one newcomer, and several times for a new household."""

    name = forms.CharField(label="姓名", max_length=100, widget=forms.TextInput(attrs=_QUIET))
    relation = forms.ChoiceField(label="与户主关系", choices=[CHOOSE, *OTHERS])
    citizen_number = forms.CharField(
        label="身份证号", max_length=40, required=False, widget=forms.TextInput(attrs=_QUIET),
        help_text="填了才能与部门数据对上；没有的可以空着。",
    )  # fmt: skip
    birth_date = forms.DateField(
        label="出生日期",
        required=False,
        help_text="填了身份证号的不用填。",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    sex = forms.ChoiceField(
        label="性别", required=False, choices=[("", "不清楚"), *Sex.choices], help_text="填了身份证号的不用填。"
    )
    ethnicity = forms.CharField(label="民族", max_length=20, required=False)
    registered_here = truth("户籍在本团")
    resident_here = truth("常住本团")
    shares_budget = forms.BooleanField(label="共同生活、共用收支", required=False, initial=True)


class AddForm(PersonFields, ActForm):
    """增加成员。"""

    kind = forms.ChoiceField(label="怎样加入", choices=[CHOOSE, *kinds(ARRIVALS)])
    on = day_field("加入日期")
    reason = reason_field(required=False)

    field_order = ("kind", "on")

    def arrange(self) -> None:
        if not any(member.relation == HEAD for member in self.members()):
            self.choose("relation", [(HEAD, HEAD), *OTHERS])


class LeaveForm(ActForm):
    """成员离开。户主离开时要指定新户主；最后一人离开即销户。"""

    kind = forms.ChoiceField(label="怎样离开", choices=[CHOOSE, *kinds(DEPARTURES)])
    on = day_field("离开日期")
    new_head = forms.ChoiceField(label="新户主")
    reason = reason_field(required=False)

    def arrange(self) -> None:
        staying = [one for one in self.members() if one.pk != self.subject.pk]
        if self.subject.relation != HEAD or not staying:
            del self.fields["new_head"]
            return
        self.choose("new_head", [(one.member_number, one.person.name) for one in staying])


class RelationForm(ActForm):
    """变更与户主关系。"""

    relation = forms.ChoiceField(label="与户主关系", choices=[CHOOSE, *OTHERS])
    reason = reason_field()

    def prefilled(self) -> dict[str, Any]:
        return {"relation": self.subject.relation}


class HeadForm(ActForm):
    """更换户主。"""

    new_head = forms.ChoiceField(label="新户主")
    former_relation = forms.ChoiceField(label="原户主与新户主的关系", choices=[CHOOSE, *OTHERS])
    reason = reason_field(help_text="换户主后，其他成员与新户主的关系要逐个核对更改。")

    def arrange(self) -> None:
        others = [one for one in self.members() if one.relation != HEAD]
        self.choose(
            "new_head", [(one.member_number, f"{one.person.name}（{one.relation or '关系未登记'}）") for one in others]
        )


class MoveForm(ActForm):
    """整户迁移。"""

    unit = UnitField(label="迁往", empty_label="请选择")
    on = day_field("迁移日期")
    reason = reason_field()

    def arrange(self) -> None:
        self.fields["unit"].queryset = companies_for(self.user).exclude(pk=self.household.unit_id)  # type: ignore[attr-defined]


class RelationsForm(ActForm):
    """A form that asks of each member how they are related in the household they come to."""

    def ask_relations(self, label: str) -> None:
        """One choice a member, 其他 unless said."""
        for place, one in enumerate(self.members()):
            self.fields[f"relation_{place}"] = forms.ChoiceField(
                label=f"{one.person.name}{label}", required=False, choices=[("", "其他"), *OTHERS]
            )


class SplitForm(RelationsForm):
    """分户：部分成员另立一户，各人的收支随人走，说不清是谁的按人数分。"""

    moving = forms.MultipleChoiceField(label="分出去的成员", widget=forms.CheckboxSelectMultiple)
    head = forms.ChoiceField(label="新户的户主")
    new_head = forms.ChoiceField(label="原户的新户主", required=False, help_text="只在原户主分出去时选。")
    number = forms.CharField(label="新户的户编号", max_length=100)
    unit = UnitField(label="新户落在", empty_label="与原户相同", required=False)
    on = day_field("分户日期")
    reason = reason_field()

    def arrange(self) -> None:
        people = [(one.member_number, f"{one.person.name}（{one.relation or '关系未登记'}）") for one in self.members()]
        self.fields["moving"].choices = people  # type: ignore[attr-defined]
        self.choose("head", people)
        self.choose("new_head", people)
        self.fields["unit"].queryset = companies_for(self.user)  # type: ignore[attr-defined]
        self.ask_relations("与新户主的关系（分出去的才填）")


class MergeForm(RelationsForm):
    """并户：全家并入另一户，本户销户。"""

    into = forms.CharField(label="并入哪一户（户编号）", max_length=100)
    on = day_field("并户日期")
    reason = reason_field()

    def arrange(self) -> None:
        self.ask_relations("与那一户户主的关系")

    def clean_into(self) -> Household:
        """The other household, out of those the person may change."""
        rows = Household.objects.visible_to(self.user, Permission.HOUSEHOLD_EDIT)
        found = rows.filter(number=self.cleaned_data["into"].strip(), closed_on=None).first()
        if found is None:
            raise forms.ValidationError("辖区内没有这个户编号的在册户。请核对编号；在别的辖区的，请联系团办办理。")
        return found
