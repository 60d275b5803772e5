"""How the workbench says things: two spellings as runs of characters, how far they are apart, where somebody lives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from shouwang.registry.feeds import reading_of
from shouwang.registry.models import SourceRow
from shouwang.registry.models.batch import OPEN
from shouwang.registry.queries.workbench import Candidate, Comparison
from shouwang.registry.sidebyside import Spelling
from shouwang.web.tables import Tag
from shouwang.web.templatetags.ui import day

#: Number keys for people; 0 and 9 say that it is none of them, or not now.
KEYS = "12345678"
#: Some characters, and whether they differ from the other side.
Run = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Line:
    """One column on both sides, and in words how far they are apart: never by a mark alone."""

    label: str
    theirs: list[Run]
    ours: list[Run]
    words: str
    same: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One person to hold the row against. `key` is the number key that chooses them."""

    key: str
    uuid: str
    name: str
    household: str
    household_uuid: str
    place: str
    relation: str
    others: str
    lines: list[Line]
    tags: list[Tag]


def cards(candidates: Sequence[Candidate], first: int = 0) -> list[Card]:
    """The people in their order, each with its key while there are keys."""
    return [
        _card(one, KEYS[place] if place < len(KEYS) else "") for place, one in enumerate(candidates, start=first)
    ]  # fmt: skip


def file_line(shown: Comparison) -> list[dict[str, str]]:
    """The row as it stood in the file, for `ui/facts.html`; empty cells left out."""
    table = reading_of(shown.row.batch)
    return [
        {"label": column.header, "value": shown.cells[column.name]}
        for column in table.columns if shown.cells.get(column.name)
    ]  # fmt: skip


def decision_words(row: SourceRow) -> str:
    """What somebody decided of a row."""
    if row.outcome in OPEN:
        return "待查"
    return f"是 {row.person.name}" if row.person else "都不是"


def runs(spelling: Spelling) -> list[Run]:
    """Neighbouring characters of one kind together."""
    return [("".join(char for char, _ in part), apart) for apart, part in groupby(spelling, key=lambda one: one[1])]


def _card(one: Candidate, key: str) -> Card:
    person, belongs = one.person, one.belongs
    home = person.home
    tags = [Tag("已去世", "middle")] if person.died_on else []
    if belongs is None or belongs.left_on is not None:
        tags.append(Tag("已离开这一户", "middle"))
    others = "、".join(f"{m.person.name}（{m.relation or '关系不详'}）" for m in one.others)
    return Card(
        key, str(person.uuid), person.name, home.number if home else "", str(home.uuid) if home else "",
        home.unit.name if home else "不在任何一户", belongs.relation if belongs and belongs.relation else "关系不详",
        others or "没有其他成员", [_name(one), _number(one), _born(one)], tags,
    )  # fmt: skip


def _name(one: Candidate) -> Line:
    ours, theirs = one.columns["name"]
    apart = max(_marked(ours), _marked(theirs))
    words = "文件里没有" if not theirs else f"差 {apart} 个字" if apart else "相同"
    return Line("姓名", runs(theirs), runs(ours), words, bool(theirs) and not apart)


def _number(one: Candidate) -> Line:
    ours, theirs = one.columns["id_number"]
    if not ours or not theirs:
        words = "文件里没有" if not theirs else "台账里没有"
    elif one.slips is None:
        words = f"位数不同：文件 {len(theirs)} 位"
    else:
        words = f"差 {one.slips} 位" if one.slips else "相同"
    return Line("身份证号", runs(theirs), runs(ours), words, words == "相同")


def _born(one: Candidate) -> Line:
    ours, theirs = one.columns["birth_date"]
    words = "文件里没有" if not theirs else "台账里没有" if not ours else "不同" if _marked(ours) else "相同"
    return Line("出生日期", runs(theirs), runs(ours), words, words == "相同")


def _marked(spelling: Spelling) -> int:
    return sum(apart for _, apart in spelling)


def put_off_words(row: SourceRow) -> str:
    """Who put the row off, where somebody did."""
    if row.decided_at is None:
        return ""
    who = row.decided_by.display_name if row.decided_by else "服务器控制台"
    return f"{who}于{day(row.decided_at)}定为待查。"
