"""What a department delivers (部门资料): one declaration a kind of file.

A feed says whose it is, which clause asks for it, when it is due, which columns the department fills in in its own words,
and which fact table a row becomes. A new kind of file is one more declaration in `feeds`; templates, reading, matching,
preview and the list of what is late follow from it. Feeds stand outside the policies' folders: how a fact arrives changes
no outcome, so it must not change a policy's fingerprint.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from shouwang.policy.qituan_2020.papers import DEPARTMENTS
from shouwang.terms.tables import BY_NAME, TABLES, Column, Table, Type
from shouwang.units.collect import declared

#: The policy whose clauses feeds cite.
POLICY = "qituan_2020"
DEPARTMENT_NAMES = dict(DEPARTMENTS)
#: Columns of the fact tables that the registry knows once it knows whose row it is.
REACHED = frozenset({"household_id", "member_id", "unit", "name", "id_number", "birth_date"})
#: How a row says whom it is about.
PERSON = (
    Column("id_number", "身份证号", Type.ID_NUMBER, "18位公民身份号码，按文本填写；匹配的首选依据"),
    Column("name", "姓名", meaning="与身份证一致；没有身份证号时与出生日期一起用于匹配"),
    Column("birth_date", "出生日期", Type.DATE, "没有身份证号时必填，与姓名一起用于匹配"),
)
HOUSEHOLD = (Column("household_id", "户编号", meaning="户档案上的编号，全团唯一", required=True),)


@dataclass(frozen=True, slots=True)
class Cadence:
    """When a feed is due: in words, and as the months on whose `day` a delivery falls due; no months: whenever it happens."""

    words: str
    months: tuple[int, ...] = ()
    day: int = 10

    def last_due(self, today: date) -> date | None:
        """The last day a delivery was due, that day included."""
        return next((due for due in self._dues(today) if due <= today), None)

    def is_late(self, delivered: date | None, today: date) -> bool:
        """Whether nothing has come since the due day before the last one, so that the last one was missed."""
        dues = [due for due in self._dues(today) if due <= today]
        if not dues:
            return False
        return delivered is None or delivered <= dues[1]

    def _dues(self, today: date) -> list[date]:
        """Due days, latest first, over the three years around today: enough for two of any cadence."""
        years = (today.year, today.year - 1, today.year - 2)
        return [date(year, month, self.day) for year in years for month in reversed(self.months)]


MONTHLY = Cadence("每月10日前报上月", tuple(range(1, 13)))
QUARTERLY = Cadence("每季度第一个月10日前报上季度", (1, 4, 7, 10))
TERMLY = Cadence("每学期开学后，3月10日、9月10日前", (3, 9))
HALF_YEARLY = Cadence("每年1月10日、7月10日前", (1, 7))
YEARLY = Cadence("每年3月10日前报当年", (3,))
AS_NEEDED = Cadence("发生后及时报")


@dataclass(frozen=True)
class Feed:
    """One kind of file. `columns` carry the name of the column they become, and a row says whom it is about by `key`.

    `fixed` are values no file has to state, as they would be written in the fact table. A DATE that becomes a QUARTER is
    the quarter it lies in; a choice that becomes another type stands for the word written beside it.
    """

    id: str
    department: str
    title: str
    clause: str
    purpose: str
    cadence: Cadence
    table: Table
    columns: tuple[Column, ...]
    key: tuple[Column, ...] = PERSON
    fixed: Mapping[str, str] = field(default_factory=dict)

    @property
    def department_name(self) -> str:
        return DEPARTMENT_NAMES.get(self.department, "团办")

    @property
    def is_standard(self) -> bool:
        """One of the tables of a data package, for the office, not a department's own."""
        return self.department == ""

    @property
    def by_person(self) -> bool:
        return any(column.name == "id_number" for column in self.key)

    @property
    def reading(self) -> Table:
        """The table as the file has it: the department's headers and types."""
        keyed_by = "member" if self.by_person else "household"
        return Table(self.id, self.title, keyed_by, (*self.key, *self.columns), self.purpose)

    @property
    def dated_quarter(self) -> bool:
        """Whether a day in the file becomes a quarter; the day is then kept in the source, or two payments would look one."""
        given = {column.name: column.type for column in self.columns}
        return self.table.name == "ledger" and given.get("quarter") is Type.DATE

    @property
    def amount(self) -> str:
        """The column whose usual size is watched between deliveries; empty where there is none."""
        money = [column.name for column in self.columns if column.type is Type.MONEY]
        return money[0] if money else ""


@dataclass(frozen=True)
class _Standard(Feed):
    """A table of the data package as it is."""

    @property
    def reading(self) -> Table:
        return self.table


def _standard(table: Table) -> Feed:
    return _Standard(
        *(table.name, "", f"标准表：{table.title}", "二/四/3", table.meaning, AS_NEEDED, table, table.columns, ()),
    )


STANDARD = {table.name: _standard(table) for table in TABLES}


@cache
def feeds() -> dict[str, Feed]:
    """Every declared feed by id, in the order of the departments."""
    places = list(DEPARTMENT_NAMES)
    found = sorted(declared("shouwang.policy.feeds", Feed), key=lambda feed: places.index(feed.department))
    return {feed.id: feed for feed in found}


def feed_of(id_: str, table: str = "") -> Feed | None:
    """A feed by its id, or the standard table of that name; `table` where a batch names no feed."""
    return feeds().get(id_) or STANDARD.get(id_ or table)


def ledger(
    id_: str,
    department: str,
    title: str,
    purpose: str,
    cadence: Cadence,
    kind: str,
    columns: tuple[Column, ...],
    clause: str = "二/四/2",
) -> Feed:
    """A feed into the ledger: every row is one payment of one kind, said to come from the feed."""
    fixed = {"kind": kind, "source": title}
    return Feed(id_, department, title, clause, purpose, cadence, BY_NAME["ledger"], columns, fixed=fixed)  # fmt: skip


def paid_on(header: str = "发放日期", meaning: str = "钱款发放之日；计入这一天所在的季度") -> Column:
    """The day money was paid, which becomes its quarter."""
    return Column("quarter", header, Type.DATE, meaning, required=True)


def money(header: str, meaning: str) -> Column:
    """The amount of a line of the ledger."""
    return Column("amount", header, Type.MONEY, f"{meaning}，元", required=True)


def item(header: str, meaning: str) -> Column:
    """What a payment is called; kept as the source of the line."""
    return Column("source", header, meaning=meaning, shown_only=True)
