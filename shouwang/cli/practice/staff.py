"""The people of the made-up regiment: somebody for every role, two where two must sign. Passwords are never kept.

Who has not chosen a password yet gets a new one-time password at every start, so that it can be printed again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from shouwang.accounts.actions import create_account, grant_post, reset_password
from shouwang.accounts.models import Unit, User
from shouwang.accounts.origin import Console
from shouwang.accounts.roles import ROLES
from shouwang.cli.practice.units import CORPS, DIVISION, REGIMENT, busiest

_TERM = timedelta(days=365)
#: A 连 where people of the trial work, and a second one to see that neither sees the other.
FIRST, SECOND = "first", "second"
#: username, name, role, where
STAFF = (
    ("ganbu1", "赵春生", "cadre", FIRST),
    ("ganbu2", "阿依古丽·买买提", "cadre", FIRST),
    ("liangwei", "孙玉兰", "committee_member", FIRST),
    ("shuji", "马建国", "company_secretary", FIRST),
    ("shuji2", "陈国庆", "company_secretary", SECOND),
    ("yiyuan", "何秀英", "department_officer", f"{REGIMENT}-hospital"),
    ("shebao", "刘芳", "department_officer", f"{REGIMENT}-social_insurance"),
    ("xuexiao", "李红梅", "department_officer", f"{REGIMENT}-school"),
    ("tuanban1", "周明", "regiment_office", REGIMENT),
    ("tuanban2", "吴晓燕", "regiment_office", REGIMENT),
    ("lingdao", "郑维民", "leading_group_member", REGIMENT),
    ("zuzhang", "王振华", "leading_group_head", REGIMENT),
    ("shishi", "冯丽", "division_office", DIVISION),
    ("bingtuan", "秦卫东", "corps", CORPS),
    ("xitong", "高翔", "system_admin", REGIMENT),
    ("anquan", "罗静", "security_admin", REGIMENT),
    ("shenji", "宋文", "auditor", REGIMENT),
)


@dataclass(frozen=True, slots=True)
class Login:
    """How one of them gets in. `password` is empty once the person has chosen one."""

    username: str
    name: str
    role: str
    unit: str
    password: str
    second_factor: bool


def logins(regiment: Unit) -> list[Login]:
    """Everybody, opened where missing, with a one-time password for those who have not chosen one."""
    places = _places(regiment)
    return [_login(username, name, role, places[at]) for username, name, role, at in STAFF if at in places]


def _places(regiment: Unit) -> dict[str, Unit]:
    """The two 连 with most to do, and every other unit by its code."""
    companies = dict(zip((FIRST, SECOND), busiest(regiment), strict=False))
    return {unit.code: unit for unit in Unit.objects.all()} | companies


def _login(username: str, name: str, role: str, unit: Unit) -> Login:
    user = User.objects.filter(username=username).first()
    password = ""
    if user is None:
        user, password = create_account(by=Console(), username=username, display_name=name, unit=unit)
        today = timezone.localdate()
        grant_post(by=Console(), user=user, role=role, unit=unit, starts_on=today, ends_on=today + _TERM)
    elif user.must_change_password:
        password = reset_password(by=Console(), user=user)
    post = user.posts.select_related("unit").first()
    there = post.unit if post else unit
    return Login(username, name, ROLES[role].title, there.name, password, ROLES[role].second_factor)
