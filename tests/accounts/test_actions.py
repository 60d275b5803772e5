"""Opening accounts, granting posts, declaring relatives, second factors: what is allowed, by whom, and what it leaves."""

from __future__ import annotations

import time
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_otp.oath import totp

from shouwang.accounts import actions, audit
from shouwang.accounts.actions.bootstrap import AdministratorExists, TokenUseless
from shouwang.accounts.actions.factors import NothingToConfirm, TokenWrong
from shouwang.accounts.actions.kinship import DeclaredBefore, NotYours, RelativeNeeded
from shouwang.accounts.actions.people import (
    CitizenNumberWrong,
    NotOnOneself,
    OldPasswordWrong,
    PasswordRefused,
    PersonHasAccount,
    UsernameTaken,
)
from shouwang.accounts.actions.posts import (
    KindsMixed,
    PostAlreadyHeld,
    PostAlreadyOver,
    RoleNotHere,
    TermWrong,
    UnknownRole,
)
from shouwang.accounts.actions.units import DepartmentCodeNeeded, UnitCodeTaken, UnitMisplaced, UnitStillUsed
from shouwang.accounts.management.commands.load_units import BadUnitRow
from shouwang.accounts.models import AuditEvent, OneTimeToken, TotpDevice, Unit
from shouwang.accounts.models.people import DEGREE, Relation
from shouwang.accounts.passwords import SM3Hasher
from shouwang.accounts.roles import ROLES, Level
from shouwang.accounts.scope import AccessDenied
from shouwang.units.errors import ShouwangError
from tests.accounts.conftest import CONSOLE, PASSWORD, Person, hold
from tests.accounts.test_crypto import WANG, ZHANG


def last() -> AuditEvent:
    return AuditEvent.objects.get(seq=audit.head().seq)


def token(device: TotpDevice, drift: int = 0) -> str:
    return f"{totp(bytes.fromhex(device.seed), drift=drift):06}"


def test_each_admin_does_only_his_part(person: Person, tree: dict[str, Unit]) -> None:
    system, security, auditor = (person(r, r, "r7") for r in ("system_admin", "security_admin", "auditor"))
    user, password = actions.create_account(by=system, username="Zhang", display_name="张", unit=tree["c1"])
    assert user.username == "zhang"
    assert user.must_change_password
    assert user.check_password(password)
    assert (last().verb, last().actor, last().post) == ("account.created", system, system.posts.get())
    term = {"starts_on": timezone.localdate(), "ends_on": timezone.localdate()}
    actions.grant_post(by=security, user=user, role="cadre", unit=tree["c1"], **term)
    for who in (security, auditor, user):
        with pytest.raises(AccessDenied):
            actions.create_account(by=who, username="x", display_name="x", unit=tree["c1"])
    for who in (system, auditor, user):
        with pytest.raises(AccessDenied):
            actions.grant_post(by=who, user=user, role="cadre", unit=tree["c2"], **term)
    for who in (system, auditor, user):
        with pytest.raises(AccessDenied):
            actions.reset_password(by=who, user=user)
    with pytest.raises(AccessDenied):
        actions.reset_totp(by=security, user=user, reason="")


def test_admins_stay_inside_their_unit(person: Person, tree: dict[str, Unit]) -> None:
    system, security = person("sys", "system_admin", "r7"), person("sec", "security_admin", "r7")
    with pytest.raises(AccessDenied):
        actions.create_account(by=system, username="x", display_name="x", unit=tree["c81"])
    outsider = person("out", "cadre", "c81")
    with pytest.raises(AccessDenied):
        actions.reset_password(by=security, user=outsider)
    with pytest.raises(AccessDenied):
        actions.end_post(by=security, post=outsider.posts.get(), reason="")


def test_accounts_are_unique_by_name_and_person(person: Person, tree: dict[str, Unit]) -> None:
    person("zhang", citizen_number=ZHANG)
    with pytest.raises(UsernameTaken):
        person("ZHANG")
    with pytest.raises(PersonHasAccount, match=r"6529\*{10}") as refused:
        person("zhang2", citizen_number=ZHANG.lower())
    assert ZHANG not in str(refused.value)
    with pytest.raises(CitizenNumberWrong, match="校验码不对"):
        person("li", citizen_number=WANG[:-1] + ("1" if WANG[-1] != "1" else "2"))


def test_duties_exclude_each_other(person: Person, tree: dict[str, Unit]) -> None:
    for first, second in (("cadre", "auditor"), ("system_admin", "security_admin"), ("auditor", "regiment_office")):
        user = person(f"u-{first}", first, "c1" if first == "cadre" else "r7")
        with pytest.raises(KindsMixed, match="互相独立"):
            hold(user, second, tree["r7"])


def test_a_post_needs_a_fitting_place_and_term(person: Person, tree: dict[str, Unit]) -> None:
    user, today = person("zhang"), timezone.localdate()
    with pytest.raises(RoleNotHere, match="连（社区）"):
        hold(user, "cadre", tree["r7"])
    with pytest.raises(UnknownRole):
        hold(user, "king", tree["r7"])
    for start, end in ((0, -1), (-10, -1), (0, 4 * 366)):
        with pytest.raises(TermWrong):
            actions.grant_post(
                by=CONSOLE, user=user, role="cadre", unit=tree["c1"],
                starts_on=today + timedelta(days=start), ends_on=today + timedelta(days=end),
            )  # fmt: skip
    post = hold(user, "cadre", tree["c1"])
    with pytest.raises(PostAlreadyHeld):
        hold(user, "cadre", tree["c1"])
    actions.end_post(by=CONSOLE, post=post, reason="调离")
    with pytest.raises(PostAlreadyOver):
        actions.end_post(by=CONSOLE, post=post, reason="调离")
    hold(user, "cadre", tree["c1"])


def test_nobody_grants_or_resets_himself(person: Person, tree: dict[str, Unit]) -> None:
    security, system = person("sec", "security_admin", "r7"), person("sys", "system_admin", "r7")
    hold_by = {"starts_on": timezone.localdate(), "ends_on": timezone.localdate()}
    with pytest.raises(NotOnOneself):
        actions.grant_post(by=security, user=security, role="security_admin", unit=tree["r7"], **hold_by)
    with pytest.raises(NotOnOneself):
        actions.reset_password(by=security, user=security)
    with pytest.raises(NotOnOneself):
        actions.reset_totp(by=system, user=system, reason="丢失")


@pytest.mark.parametrize(
    ("new", "why"),
    [
        ("Short-1", "至少12位"), ("alllowercaseletters", "三类"), ("Password1234", "常见|常用"),
        ("Zhangsan-zhangsan", "相[近似]|类似"), (PASSWORD, "与原密码相同"),
    ],
)  # fmt: skip
def test_bad_passwords_are_refused_with_reasons(person: Person, new: str, why: str) -> None:
    user = person("zhangsan-zhangsan")
    with pytest.raises(PasswordRefused, match=why):
        actions.change_password(by=user, old=PASSWORD, new=new)


def test_change_and_reset_of_a_password(person: Person) -> None:
    user, security = person("zhang"), person("sec", "security_admin", "r7")
    with pytest.raises(OldPasswordWrong):
        actions.change_password(by=user, old="x", new="Xin-mima-2020-hao")
    actions.change_password(by=user, old=PASSWORD, new="Xin-mima-2020-hao")
    assert last().verb == "password.changed"
    assert "mima" not in last().facts
    password = actions.reset_password(by=security, user=user)
    user.refresh_from_db()
    assert user.check_password(password)
    assert user.must_change_password
    assert password not in last().facts


def test_argon2_parameters_are_ours(person: Person) -> None:
    assert person("zhang").password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_sm_profile_hashes_with_sm3() -> None:
    hasher = SM3Hasher()
    encoded = hasher.encode(PASSWORD, "saltsaltsaltsaltsalt", 1000)
    assert encoded.startswith("pbkdf2_sm3$1000$")
    assert hasher.verify(PASSWORD, encoded)
    assert not hasher.verify("x", encoded)


def test_relatives_are_declared_withdrawn_and_not_twice(person: Person) -> None:
    user, other = person("zhang"), person("li")
    kinship = actions.declare_kinship(by=user, relation=Relation.SIBLING, name="王", citizen_number=WANG)
    assert (kinship.degree, kinship.name) == (2, "王")
    assert WANG not in last().facts
    with pytest.raises(DeclaredBefore, match="兄弟姐妹"):
        actions.declare_kinship(by=user, relation=Relation.COUSIN, name="王", citizen_number=WANG.lower())
    with pytest.raises(RelativeNeeded):
        actions.declare_kinship(by=user, relation=Relation.COUSIN, name="王", citizen_number="")
    with pytest.raises(NotYours):
        actions.withdraw_kinship(by=other, kinship=kinship, reason="")
    actions.withdraw_kinship(by=user, kinship=kinship, reason="写错")
    actions.declare_kinship(by=user, relation=Relation.COUSIN, name="王", citizen_number=WANG)
    assert set(DEGREE) == set(Relation)


def test_a_token_counts_once(person: Person) -> None:
    user = person("zhang")
    with pytest.raises(NothingToConfirm):
        actions.confirm_totp(by=user, token="000000")
    device = actions.enrol_totp(by=user)
    right = token(device)
    actions.confirm_totp(by=user, token=right)
    for replayed in (right, token(device, drift=-1)):
        with pytest.raises(TokenWrong, match="已经用过"):
            actions.verify_totp(by=user, token=replayed)
        TotpDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert last().verb == "factor.refused"
    actions.verify_totp(by=user, token=token(device, drift=1))
    assert last().verb == "factor.verified"


def test_wrong_tokens_slow_the_next_try(person: Person) -> None:
    user = person("zhang")
    device = actions.enrol_totp(by=user)
    actions.confirm_totp(by=user, token=token(device, drift=-1))
    for wrong in ("000000", "x", ""):
        with pytest.raises(TokenWrong):
            actions.verify_totp(by=user, token=wrong)
    with pytest.raises(TokenWrong):
        actions.verify_totp(by=user, token=token(device))  # right, but too soon after three wrong ones
    assert TotpDevice.objects.get(confirmed=True).last_step < time.time() // 30


def test_a_new_device_replaces_the_old_one_and_a_reset_removes_it(person: Person) -> None:
    user, system = person("zhang"), person("sys", "system_admin", "r7")
    first = actions.enrol_totp(by=user)
    actions.confirm_totp(by=user, token=token(first))
    second = actions.enrol_totp(by=user)
    assert TotpDevice.objects.filter(user=user, confirmed=True).get() == first
    actions.confirm_totp(by=user, token=token(second))
    assert TotpDevice.objects.get(user=user) == second
    actions.reset_totp(by=system, user=user, reason="手机丢失")
    assert not TotpDevice.objects.filter(user=user).exists()


def test_bootstrap_opens_one_admin_and_no_more(tree: dict[str, Unit]) -> None:
    raw = actions.issue_token(by=CONSOLE, role=ROLES["system_admin"], unit=tree["r7"])
    assert raw not in repr(list(OneTimeToken.objects.values())) + last().facts
    facts = {"username": "sys", "display_name": "系统管理员", "password": PASSWORD}
    with pytest.raises(TokenUseless):
        actions.redeem_token(token="guess", **facts)
    with pytest.raises(PasswordRefused):
        actions.redeem_token(token=raw, **{**facts, "password": "weak"})
    user = actions.redeem_token(token=raw, **facts)
    assert user.posts.get().role == "system_admin"
    assert not user.must_change_password
    with pytest.raises(TokenUseless):
        actions.redeem_token(token=raw, **{**facts, "username": "sys2"})
    with pytest.raises(AdministratorExists):
        actions.issue_token(by=CONSOLE, role=ROLES["system_admin"], unit=tree["r7"])
    with pytest.raises(RoleNotHere):
        actions.issue_token(by=CONSOLE, role=ROLES["cadre"], unit=tree["c1"])


def test_a_bootstrap_token_dies_after_half_an_hour(tree: dict[str, Unit]) -> None:
    raw = actions.issue_token(by=CONSOLE, role=ROLES["auditor"], unit=tree["r7"])
    stored = OneTimeToken.objects.get()
    assert stored.expires_at - stored.created_at == timedelta(minutes=30)
    OneTimeToken.objects.update(created_at=timezone.now() - timedelta(hours=1), expires_at=timezone.now())
    with pytest.raises(TokenUseless):
        actions.redeem_token(token=raw, username="a", display_name="a", password=PASSWORD)


def test_units_stand_where_they_belong(tree: dict[str, Unit], person: Person) -> None:
    def create(**facts: object) -> Unit:
        return actions.create_unit(**{"by": CONSOLE, "code": "x", "name": "x", **facts})  # type: ignore[arg-type]

    for level, parent in ((Level.COMPANY, "d1"), (Level.REGIMENT, "r7"), (Level.CORPS, "d1"), (Level.DEPARTMENT, "c1")):
        with pytest.raises(UnitMisplaced):
            create(level=level, parent=tree[parent], department="d" if level == Level.DEPARTMENT else "")
    with pytest.raises(DepartmentCodeNeeded):
        create(level=Level.DEPARTMENT, parent=tree["r7"])
    with pytest.raises(UnitCodeTaken):
        create(code="c1", level=Level.COMPANY, parent=tree["r7"])
    with pytest.raises(AccessDenied):
        create(by=person("sys", "system_admin", "r7"), level=Level.DIVISION)
    person("zhang", "cadre", "c1")
    with pytest.raises(UnitStillUsed):
        actions.close_unit(by=CONSOLE, unit=tree["c1"], on=timezone.localdate())
    closed = actions.close_unit(by=CONSOLE, unit=tree["c2"], on=timezone.localdate())
    with pytest.raises(RoleNotHere):
        hold(person("li"), "cadre", closed)


@pytest.mark.django_db
def test_units_are_loaded_from_a_table_twice_without_harm(tmp_path: Path) -> None:
    file = tmp_path / "units.csv"
    file.write_text(
        "code,name,level,parent,department\nd1,第一师,师市,,\nr7,七团,团,d1,\nr7-h,医院,部门,r7,hospital\n",
        encoding="utf-8-sig",
    )
    for expected in ("新建 3 个单位", "新建 0 个单位"):
        out = StringIO()
        call_command("load_units", file, stdout=out)
        assert expected in out.getvalue()
    out = StringIO()
    call_command("bootstrap_admin", "security_admin", "r7", stdout=out)
    assert "安全管理员 的开通码" in out.getvalue()
    file.write_text("code,name,level,parent,department\nr8,八团,团,d1,\nc,连,连队,r8,\n", encoding="utf-8")
    with pytest.raises(BadUnitRow, match="第3行"):
        call_command("load_units", file)
    assert not Unit.objects.filter(code="r8").exists()


def test_every_action_leaves_exactly_one_event(person: Person, tree: dict[str, Unit]) -> None:
    today, user = timezone.localdate(), person("zhang", citizen_number=ZHANG)
    before = audit.head().seq
    post = actions.grant_post(by=CONSOLE, user=user, role="cadre", unit=tree["c1"], starts_on=today, ends_on=today)
    actions.end_post(by=CONSOLE, post=post, reason="r")
    kinship = actions.declare_kinship(by=user, relation=Relation.CHILD, name="n", citizen_number=WANG)
    actions.withdraw_kinship(by=user, kinship=kinship, reason="r")
    device = actions.enrol_totp(by=user)
    actions.confirm_totp(by=user, token=token(device))
    actions.verify_totp(by=user, token=token(device, drift=1))
    actions.reset_totp(by=CONSOLE, user=user, reason="r")
    actions.change_password(by=user, old=PASSWORD, new="Xin-mima-2020-hao")
    actions.reset_password(by=CONSOLE, user=user)
    actions.disable_account(by=CONSOLE, user=user, reason="r")
    actions.close_unit(by=CONSOLE, unit=tree["c2"], on=today)
    assert audit.head().seq - before == 12


def test_every_error_of_ours_says_what_in_chinese_and_has_its_own_code() -> None:
    def below(cls: type[ShouwangError]) -> set[type[ShouwangError]]:
        return {cls}.union(*(below(child) for child in cls.__subclasses__()))

    ours = [cls for cls in below(ShouwangError) if cls.__module__.startswith(("shouwang.accounts", "shouwang.config"))]
    codes = [cls.code for cls in ours]
    assert len(ours) > 40
    assert len(codes) == len(set(codes))
    for cls in ours:
        assert cls.what.endswith(("。", "）", "：{message}", "：{reasons}")), cls
        assert any("\u4e00" <= char <= "\u9fff" for char in cls.what), cls
