"""Two divisions, three regiments, four companies, each with something of everything; and words that give away a leak.

Every unit's data carries a word of its own, a rare character found nowhere else. Whoever reads a page and may not see that
unit must not meet its word, wherever it stands: in a name, a note, a file name, the title of a scan.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from shouwang.accounts.actions import issue_access_token
from shouwang.accounts.models import AccessToken, AuditEvent, Post, Unit, User
from shouwang.accounts.roles import Level
from shouwang.casework.models import (
    Case,
    Clue,
    ClueReport,
    ParameterChange,
    ScreeningRun,
    StepRecord,
)
from shouwang.registry.models import (
    Document,
    Event,
    Household,
    LedgerEntry,
    Membership,
    SourceBatch,
    SourceRow,
)
from tests.accounts.conftest import TREE

#: Two more departments, of the regiments next door.
UNITS = [
    *TREE,
    ("hospital8", Level.DEPARTMENT, "r8", "hospital"),
    ("hospital21", Level.DEPARTMENT, "r21", "hospital"),
]
COMPANIES = {"c1": "r7", "c2": "r7", "c81": "r8", "c211": "r21"}
REGIMENTS = {"r7": "d1", "r8": "d1", "r21": "d2"}
DEPARTMENTS = {"hospital": "r7", "school": "r7", "hospital8": "r8", "hospital21": "r21"}
#: Where the households a department reports on live.
REPORTS_ON = {"hospital": "c1", "hospital8": "c81", "hospital21": "c211"}
#: How many households a company has: a number no sum of others equals.
HOUSEHOLDS = {"c1": 5, "c2": 4, "c81": 7, "c211": 12}

#: kind of data @ place -> its word.
WORDS = {
    "data@c1": "鸢", "data@c2": "鹭", "data@c81": "鹮", "data@c211": "鸮",
    "data@r7": "鹈", "data@r8": "鹕", "data@r21": "鸬",
    "data@hospital": "鹚", "data@school": "鸱", "data@hospital8": "鸺", "data@hospital21": "鹠",
    "report@c1": "鹡", "report@c81": "鸰", "report@c211": "鹛",
    "staff@c1": "翀", "staff@c2": "翂", "staff@c81": "翃", "staff@c211": "翙",
    "staff@r7": "翚", "staff@r8": "翛", "staff@r21": "翥", "staff@d1": "翯", "staff@d2": "翾",
    "staff@hospital": "羖", "staff@school": "羜", "staff@hospital8": "羝", "staff@hospital21": "羟",
    "unit@c1": "蘅", "unit@c2": "芷", "unit@c81": "茝", "unit@c211": "荪", "unit@r8": "蕙", "unit@r21": "菅", "unit@d2": "萱",
}  # fmt: skip
#: The given name every head shares, so that a search for it finds each company's own, and only its own.
SHARED_NAME = "阿依努尔"


@dataclass
class Company:
    """What there is of one company."""

    unit: Unit
    households: list[Household] = field(default_factory=list)
    member: Membership = None  # type: ignore[assignment]
    case: Case = None  # type: ignore[assignment]
    record: StepRecord = None  # type: ignore[assignment]
    confirmed: Case = None  # type: ignore[assignment]
    ended: Case = None  # type: ignore[assignment]
    clue: Clue = None  # type: ignore[assignment]
    document: Document = None  # type: ignore[assignment]
    entry: LedgerEntry = None  # type: ignore[assignment]
    event: Event = None  # type: ignore[assignment]
    citizens: list[str] = field(default_factory=list)


@dataclass
class Regiment:
    unit: Unit
    run: ScreeningRun
    earlier: ScreeningRun
    change: ParameterChange
    batch: SourceBatch


@dataclass
class Department:
    unit: Unit
    batch: SourceBatch
    doubtful: SourceRow
    report: ClueReport | None


@dataclass
class World:
    """Everything, by the code of its unit. `people`: the one who tries each role; `staff`: who did the work."""

    units: dict[str, Unit] = field(default_factory=dict)
    staff: dict[str, User] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    companies: dict[str, Company] = field(default_factory=dict)
    regiments: dict[str, Regiment] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)

    @property
    def citizens(self) -> set[str]:
        """Every whole citizen number there is."""
        return {number for company in self.companies.values() for number in company.citizens}

    def account_at(self, code: str) -> User:
        return next(user for name, user in self.staff.items() if name.endswith(f".{code}"))

    def post_at(self, code: str) -> Post:
        post = self.account_at(code).posts.first()
        assert post is not None
        return post

    def token_at(self, code: str) -> AccessToken:
        """A token of somebody else of that unit, made when first asked for."""
        owner = self.account_at(code)
        found = AccessToken.objects.filter(user=owner).first()
        return found or issue_access_token(by=owner, post=self.post_at(code), name=f"{code}程序", days=9)[0]

    def event_at(self, code: str) -> int:
        """The number of an audit event of a unit."""
        event = AuditEvent.objects.filter(unit=self.units[code]).order_by("-seq").first()
        assert event is not None, f"no audit event at {code}"
        return event.seq


def word(kind: str, place: str) -> str:
    return WORDS[f"{kind}@{place}"]
