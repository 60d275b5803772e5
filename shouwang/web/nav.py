"""The menu: which entry leads where and who sees it. An entry appears once its page exists and the post may open it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.urls import NoReverseMatch, get_script_prefix, reverse

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import effective_posts

P = Permission


@dataclass(frozen=True, slots=True)
class Entry:
    """A possible menu entry. `permissions`: any one of them shows it; none means everybody with a post."""

    label: str
    url_name: str
    permissions: frozenset[Permission] = frozenset()


@dataclass(frozen=True, slots=True)
class Item:
    """A menu entry as shown to one person on one page."""

    label: str
    url: str
    current: bool


MENU = (
    Entry("首页", "web:home"),
    Entry("待办", "web:inbox", frozenset({
        P.CASE_ASSESS, P.CASE_SUBMIT, P.VISIT_RECORD, P.COMPARISON_ANSWER, P.COMPARISON_RUN, P.ONSITE_CHECK,
        P.CASE_CONFIRM, P.CASE_FILE, P.FILING_RECEIVE,
    })),
    Entry("户籍台账", "web:households", frozenset({P.HOUSEHOLD_VIEW})),
    Entry("部门文件", "web:sources", frozenset({P.SOURCE_VIEW, P.SOURCE_UPLOAD})),
    Entry("比对工作台", "web:matching", frozenset({P.MATCH_DECIDE})),
    Entry("线索", "web:clues", frozenset({P.CLUE_VIEW, P.CLUE_REPORT})),
    Entry("个案", "web:cases", frozenset({P.CASE_VIEW})),
    Entry("筛查", "web:screenings", frozenset({P.SCREENING_RUN, P.CLUE_VIEW})),
    Entry("疑点清单", "web:suspicions", frozenset({P.CASE_PREPARE, P.CASE_CONFIRM, P.CASE_SUBMIT, P.INSPECT})),
    Entry("规则手册", "web:rulebook"),
    Entry("统计", "web:statistics", frozenset({P.AGGREGATE_VIEW})),
    Entry("账号管理", "web:people", frozenset({P.ACCOUNT_VIEW})),
    Entry("系统状态", "web:system", frozenset({P.JOB_VIEW})),
    Entry("审计", "web:trail", frozenset({P.AUDIT_VIEW})),
)  # fmt: skip


def menu_for(user: User, path: str) -> list[Item]:
    """The entries this person sees, the one the page belongs to marked."""
    posts = effective_posts(user)
    allowed = frozenset().union(*(post.role_class.permissions for post in posts))
    shown = [
        (entry, address)
        for entry in MENU
        if (entry.permissions & allowed if entry.permissions else posts) and (address := address_of(entry.url_name))
    ]
    here = max((address for _, address in shown if _lies_under(path, address)), key=len, default="")
    return [Item(entry.label, address, address == here) for entry, address in shown]


def address_of(url_name: str, *args: object) -> str:
    """The address of a page, empty where there is none."""
    return _address(get_script_prefix(), url_name, args)


@lru_cache(maxsize=10_000)
def _address(_prefix: str, url_name: str, args: tuple[object, ...]) -> str:
    # A list has fifty addresses and the menu fourteen, the same at every visit; working one out takes a hundred calls.
    try:
        return reverse(url_name, args=args)
    except NoReverseMatch:
        return ""


def _lies_under(path: str, address: str) -> bool:
    return path == address or (address != "/" and path.startswith(address))
