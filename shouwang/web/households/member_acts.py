"""Acts about who belongs to a household: each calls one action and says what it did."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.registry import actions
from shouwang.registry.models import ChangeKind, Household, Membership
from shouwang.registry.models.household import HEAD
from shouwang.registry.queries import companies_for, member_for
from shouwang.web.households import member_forms as f
from shouwang.web.households.act import Act, Doing
from shouwang.web.households.words import standing_words

_EDIT = (Permission.HOUSEHOLD_EDIT,)
_PERSON = (
    "name", "relation", "citizen_number", "birth_date", "sex", "ethnicity", "shares_budget", "registered_here",
    "resident_here",
)  # fmt: skip


def _members(household: Household) -> QuerySet[Membership]:
    return household.memberships.filter(left_on=None, superseded_at=None)


def _there(household: Household) -> list[Membership]:
    return list(_members(household).select_related("person").order_by("member_number"))


def _chosen(household: Household, number: str) -> Membership:
    return next(one for one in _there(household) if one.member_number == number)


def _add(doing: Doing) -> str:
    data = doing.data
    newcomer = actions.Newcomer(**{name: data[name] for name in _PERSON})
    joined = actions.add_member(
        by=doing.user, household=doing.household, newcomer=newcomer, kind=ChangeKind(data["kind"]), on=data["on"],
        reason=data["reason"], version=data["version"],
    )  # fmt: skip
    return f"已登记{joined.person.name}{ChangeKind(data['kind']).label}，人员编号 {joined.member_number}。"


def _leave(doing: Doing) -> str:
    data, member = doing.data, doing.subject
    new_head = _chosen(doing.household, data["new_head"]) if data.get("new_head") else None
    actions.remove_member(
        by=doing.user, membership=member, kind=ChangeKind(data["kind"]), on=data["on"], reason=data["reason"],
        new_head=new_head, version=data["version"],
    )  # fmt: skip
    closed = "" if _there(doing.household) else "户内已无人，同时销户。"
    return f"已登记{member.person.name}{ChangeKind(data['kind']).label}。{closed}"


def _relation(doing: Doing) -> str:
    data = doing.data
    changed = actions.change_relation(
        by=doing.user,
        membership=doing.subject,
        relation=data["relation"],
        reason=data["reason"],
        version=data["version"],
    )
    return f"{changed.person.name}与户主关系已改为“{changed.relation}”。"


def _head(doing: Doing) -> str:
    data = doing.data
    head = actions.change_head(
        by=doing.user, household=doing.household, new_head=_chosen(doing.household, data["new_head"]),
        former_relation=data["former_relation"], reason=data["reason"], version=data["version"],
    )  # fmt: skip
    return f"户主已换为{head.person.name}。请逐个核对其他成员与新户主的关系。"


def _move(doing: Doing) -> str:
    data = doing.data
    moved = actions.move_household(
        by=doing.user, household=doing.household, unit=data["unit"], on=data["on"], reason=data["reason"],
        version=data["version"],
    )  # fmt: skip
    return f"整户已迁往{moved.unit.name}，档案一并转去。"


def _split(doing: Doing) -> str:
    data, there = doing.data, _there(doing.household)
    by_number = {one.member_number: one for one in there}
    new = actions.split_household(
        by=doing.user, household=doing.household, moving=[by_number[number] for number in data["moving"]],
        head=by_number[data["head"]], number=data["number"], on=data["on"], reason=data["reason"], unit=data["unit"],
        relations=relations_in(data, there), new_head=by_number.get(data["new_head"]), version=data["version"],
    )  # fmt: skip
    return f"已分户，新户编号 {new.number}，{len(data['moving'])} 人随户，收支已按人分开。"


def _merge(doing: Doing) -> str:
    data, into = doing.data, doing.data["into"]
    actions.merge_households(
        by=doing.user, household=doing.household, into=into, on=data["on"], reason=data["reason"],
        relations=relations_in(data, _there(doing.household)), version=data["version"],
    )  # fmt: skip
    return f"已并入 {into.number}，本户销户。"


def relations_in(data: dict[str, object], there: Sequence[Membership]) -> dict[str, str]:
    """Member number -> relation, of those the form was told."""
    said = {one.member_number: str(data.get(f"relation_{place}") or "") for place, one in enumerate(there)}
    return {number: relation for number, relation in said.items() if relation}


def about_household(household: Household) -> list[dict[str, str]]:
    """Whom an act upon the whole household is about."""
    there = _there(household)
    return [
        {"label": "户编号", "value": household.number},
        {"label": "连队", "value": household.unit.name},
        {"label": "成员", "value": "、".join(f"{one.person.name}（{one.relation or '关系未登记'}）" for one in there)},
    ]


def about_member(user: User, member: Membership) -> list[dict[str, str]]:
    """Whom an act is about."""
    return [
        {"label": "姓名", "value": member.person.name},
        {"label": "人员编号", "value": member.member_number},
        {"label": "与户主关系", "value": member.relation or "—"},
        {"label": "户籍和常住", "value": standing_words(member)},
    ]


def _alone(user: User, household: Household, subject: None) -> str:
    return "" if _members(household).count() > 1 else "户内只有一人，不需要办理。"


def _gone(user: User, household: Household, member: Membership) -> str:
    return f"{member.person.name}已经离开本户。" if member.left_on else ""


def _unrelated(user: User, household: Household, member: Membership) -> str:
    if member.relation == HEAD:
        return f"{member.person.name}是户主。要换户主，请办理“更换户主”。"
    return _gone(user, household, member)


def _nowhere(user: User, household: Household, subject: None) -> str:
    others = companies_for(user).exclude(pk=household.unit_id)
    return "" if others.exists() else "您的辖区内没有别的连队可迁；跨连队迁移请联系团办办理。"


ACTS = (
    Act("add", "增加成员", _EDIT, f.AddForm, _add, "出生、婚入、迁入。已在别户的人，先在原户办理离开。"),
    Act("leave", "成员离开", _EDIT, f.LeaveForm, _leave, "死亡、婚出、迁出。离开的人仍留在档案里。最后一人离开，本户即销户。",
        confirm="登记后不能取消，只能再办迁入。是否登记？", grave=True, why_not=_gone, find=member_for, about=about_member),
    Act("relation", "变更与户主关系", _EDIT, f.RelationForm, _relation, "原来的关系仍保留在变动记录里。", "更改",
        why_not=_unrelated, find=member_for, about=about_member),
    Act("head", "更换户主", _EDIT, f.HeadForm, _head, "原户主仍在本户，只是不再是户主。", "更换", why_not=_alone),
    Act("move", "整户迁移", _EDIT, f.MoveForm, _move, "全家迁到另一个连队，档案、收支和个案随户转去。", "迁移",
        "迁移后由迁入的连队办理。是否迁移？", True, why_not=_nowhere),
    Act("split", "分户", _EDIT, f.SplitForm, _split, "部分成员另立一户。各人名下的收支随人走，全户的按人数分，自分户之日起计。",
        "分户", "分户不能撤回，要恢复只能再并户。是否分户？", True, why_not=_alone),
    Act("merge", "并户", _EDIT, f.MergeForm, _merge, "全家并入另一户，收支随人带去，本户销户。", "并户",
        "并户后本户销户，不能撤回。是否并户？", True),
)  # fmt: skip
