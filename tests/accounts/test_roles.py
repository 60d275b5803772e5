"""Who sees and does what, where: every role at every unit, against a table written down here."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from shouwang.accounts import scope
from shouwang.accounts.actions import end_post
from shouwang.accounts.models import AuditEvent, Kinship, Post, Unit, User
from shouwang.accounts.queries import is_own_household, kinship_with, visible_units
from shouwang.accounts.roles import ROLES, Kind, Permission
from shouwang.accounts.scope import (
    AccessDenied,
    Scope,
    Scoped,
    ScopeUndeclared,
    effective_posts,
    holds,
    post_for,
    require,
)
from tests.accounts.conftest import CONSOLE, TREE, Person, hold, home_of

REGIMENT = {"r7", "c1", "c2", "hospital", "school"}
DIVISION = {"d1", "r8", "c81"} | REGIMENT
EVERYWHERE = {row[0] for row in TREE}
#: role: (units of the directory it sees, units where its permissions hold)
EXPECTED = {
    "cadre": ({"c1"}, {"c1"}),
    "company_secretary": ({"c1"}, {"c1"}),
    "committee_member": ({"c1"}, {"c1"}),
    "department_officer": (REGIMENT, {"hospital"}),
    "regiment_office": (REGIMENT, REGIMENT),
    "leading_group_member": (REGIMENT, REGIMENT),
    "leading_group_head": (REGIMENT, REGIMENT),
    "division_office": (DIVISION, DIVISION),
    "corps": (EVERYWHERE, EVERYWHERE),
    "system_admin": (REGIMENT, REGIMENT),
    "security_admin": (REGIMENT, REGIMENT),
    "auditor": (REGIMENT, REGIMENT),
}
PERSONAL = {
    Permission.HOUSEHOLD_VIEW, Permission.HOUSEHOLD_EDIT, Permission.PERSON_SEARCH, Permission.PERSON_UNMASK,
    Permission.CASE_VIEW, Permission.CLUE_VIEW, Permission.EXPORT, Permission.SOURCE_VIEW,
}  # fmt: skip


def test_every_role_is_in_the_table() -> None:
    assert set(EXPECTED) == set(ROLES)


@pytest.mark.parametrize("role", EXPECTED)
def test_role_by_unit_matrix(role: str, person: Person, tree: dict[str, Unit]) -> None:
    user = person("zhang", role, home_of(role))
    seen, acts = EXPECTED[role]
    assert set(visible_units(user).values_list("code", flat=True)) == seen
    user.acting_post = user.posts.select_related("unit").get()
    for permission in Permission:
        for code, unit in tree.items():
            expected = permission in ROLES[role].permissions and code in acts
            assert (post_for(user, permission, unit) is not None) == expected, (permission, code)


def test_a_department_acts_in_its_regiment_for_its_own_business_only(person: Person, tree: dict[str, Unit]) -> None:
    user = person("zhang", "department_officer", "hospital")
    upload = Permission.SOURCE_UPLOAD
    assert {code for code in tree if post_for(user, upload, tree[code], "hospital")} == REGIMENT
    assert {code for code in tree if post_for(user, upload, tree[code], "school")} == {"hospital"}
    with pytest.raises(AccessDenied, match="上报本部门数据"):
        require(user, upload, tree["c1"], "school")


def test_who_confirms_and_who_does_not() -> None:
    holders = {code for code, role in ROLES.items() if Permission.CASE_CONFIRM in role.permissions}
    assert holders == {"leading_group_member", "leading_group_head"}
    submitters = {code for code, role in ROLES.items() if Permission.CASE_SUBMIT in role.permissions}
    assert submitters == {"company_secretary"}
    assert not submitters & holders


def test_corps_and_administrators_see_no_person() -> None:
    for role in ROLES.values():
        if role.code == "corps" or role.kind != Kind.BUSINESS:
            assert not PERSONAL & role.permissions, role


def test_administrators_share_nothing_but_directories() -> None:
    directories = {Permission.UNIT_VIEW, Permission.ACCOUNT_VIEW}
    admins = [role for role in ROLES.values() if role.kind != Kind.BUSINESS]
    assert {role.kind for role in admins} == {Kind.SYSTEM, Kind.SECURITY, Kind.AUDIT}
    business = set().union(*(role.permissions for role in ROLES.values() if role.kind == Kind.BUSINESS))
    for one in admins:
        assert one.second_factor
        assert not (one.permissions - directories) & business
        for other in admins:
            assert one is other or one.permissions & other.permissions <= directories


def test_whoever_decides_or_exports_needs_a_second_factor() -> None:
    strong = {
        Permission.CASE_CONFIRM, Permission.EXPORT, Permission.PERSON_UNMASK, Permission.PARAMETER_SIGN,
        Permission.PARAMETER_PROPOSE, Permission.CASE_SUBMIT,
    }  # fmt: skip
    for role in ROLES.values():
        if strong & role.permissions:
            assert role.second_factor, role.title


def test_every_permission_is_somebodys_and_every_role_is_described() -> None:
    assert set(Permission) == set().union(*(role.permissions for role in ROLES.values()))
    for role in ROLES.values():
        assert role.title
        assert role.description.endswith("。")
        assert role.levels


def test_nobody_and_nothing_by_default(person: Person, tree: dict[str, Unit]) -> None:
    nobody = person("nobody")
    for user in (nobody, AnonymousUser()):
        assert not visible_units(user).exists()
        assert not User.objects.visible_to(user).exists()
        assert not any(holds(user, permission) for permission in Permission)
        with pytest.raises(AccessDenied):
            require(user, Permission.UNIT_VIEW, tree["bt"])


def test_a_model_without_a_scope_cannot_be_listed(person: Person) -> None:
    class Undeclared(models.Model):
        objects = Scoped.as_manager()

        class Meta:
            app_label = "accounts_tests"

    with pytest.raises(ScopeUndeclared, match="没有声明可见范围"):
        Undeclared.objects.visible_to(person("zhang", "corps", "bt"))


def test_rows_of_other_models_follow_their_unit(person: Person, tree: dict[str, Unit]) -> None:
    for code in ("c1", "c2", "c81", "c211", "hospital"):
        person(f"cadre-{code}", "department_officer" if code == "hospital" else "cadre", code)
    security, auditor = person("sec", "security_admin", "r7"), person("aud", "auditor", "d1")
    names = User.objects.visible_to(security).filter(username__startswith="cadre").values_list("username", flat=True)
    assert set(names) == {"cadre-c1", "cadre-c2", "cadre-hospital"}
    units = set(AuditEvent.objects.visible_to(auditor).values_list("unit__code", flat=True))
    assert units <= DIVISION
    assert "c81" in units
    assert not AuditEvent.objects.visible_to(security).exists()
    assert not Post.objects.visible_to(person("cadre2", "cadre", "c2")).exists()


def test_a_department_sees_rows_only_where_the_model_names_departments(person: Person, tree: dict[str, Unit]) -> None:
    officer = person("zhang", "department_officer", "hospital")
    closed = Scope(Permission.SOURCE_VIEW)
    named = Scope(Permission.SOURCE_VIEW, department="department")
    post = officer.posts.select_related("unit").get()
    assert scope._reach(post, closed) == scope.NOTHING
    assert set(Unit.objects.filter(scope._reach(post, named)).values_list("code", flat=True)) == {"hospital"}


@pytest.mark.parametrize(("start", "end", "current"), [(-10, -1, False), (-10, 0, True), (0, 10, True), (1, 10, False)])
def test_a_post_holds_from_its_first_to_its_last_day(
    person: Person, tree: dict[str, Unit], start: int, end: int, current: bool
) -> None:
    user, today = person("zhang"), timezone.localdate()
    term = {"starts_on": today + timedelta(days=start), "ends_on": today + timedelta(days=end)}
    post = Post.objects.create(user=user, role="cadre", unit=tree["c1"], **term)
    assert (post_for(user, Permission.CASE_VIEW, tree["c1"]) is not None) is current
    assert post.is_current() is current
    assert visible_units(user).exists() is current


def test_an_ended_post_is_void_at_once(person: Person, tree: dict[str, Unit]) -> None:
    user = person("zhang", "cadre", "c1")
    end_post(by=CONSOLE, post=user.posts.get(), reason="调离")
    assert effective_posts(user) == []
    assert not visible_units(user).exists()


def test_only_the_post_acted_in_counts(person: Person, tree: dict[str, Unit]) -> None:
    user = person("zhang", "cadre", "c1")
    hold(user, "cadre", tree["c2"])
    assert set(visible_units(user).values_list("code", flat=True)) == {"c1", "c2"}
    user.acting_post = user.posts.select_related("unit").get(unit=tree["c2"])
    assert set(visible_units(user).values_list("code", flat=True)) == {"c2"}
    assert post_for(user, Permission.CASE_VIEW, tree["c1"]) is None


def test_duties_that_exclude_each_other_cancel_even_if_forced_into_the_database(
    person: Person, tree: dict[str, Unit]
) -> None:
    user, today = person("zhang", "cadre", "c1"), timezone.localdate()
    Post.objects.create(user=user, role="system_admin", unit=tree["r7"], starts_on=today, ends_on=today)
    assert effective_posts(user) == []


def test_a_disabled_account_has_no_rights(person: Person, tree: dict[str, Unit]) -> None:
    user = person("zhang", "cadre", "c1")
    user.is_active = False
    assert effective_posts(user) == []


def refused(row: models.Model) -> bool:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        return True
    return False


def test_the_database_refuses_what_must_never_be_true(person: Person, tree: dict[str, Unit]) -> None:
    user, other, today = person("zhang"), person("li"), timezone.localdate()
    yesterday = today - timedelta(days=1)
    r7 = tree["r7"]
    assert refused(Post(user=user, role="cadre", unit=r7, starts_on=today, ends_on=yesterday))
    assert refused(Post(user=user, role="cadre", unit=r7, starts_on=today, ends_on=today, ended_by=other))
    assert refused(Post(user=user, role="cadre", unit=r7, starts_on=today, ends_on=today, granted_by=user))
    assert refused(Kinship(user=user, relation="sibling", degree=4, name="x", relative_index="x"))
    assert refused(Kinship(user=user, relation="sibling", degree=2, name="x", relative_index=""))
    assert refused(User(username="ZHANG", display_name="x", unit=r7))
    columns = {"division": tree["d1"], "regiment": r7}
    assert refused(Unit(id=900, code="x", name="x", level="company", path="/", **columns, company=tree["c1"]))
    assert refused(Unit(id=901, code="y", name="y", level="company", path="/", **columns))
    assert refused(Unit(id=902, code="z", name="z", level="department", parent=r7, path="/", **columns))
    assert refused(
        Unit(id=903, code="w", name="w", level="department", parent=r7, path="/", **columns, department="school")
    )
    assert refused(Unit(id=904, code="v", name="v", level="corps", path="/", division=tree["d1"]))


def test_scope_columns_and_paths_are_materialised(tree: dict[str, Unit]) -> None:
    unit = tree["c1"]
    assert unit.scope_columns == {"division_id": tree["d1"].pk, "regiment_id": tree["r7"].pk, "company_id": unit.pk}
    assert unit.path == "".join(f"/{tree[code].pk:06d}" for code in ("bt", "d1", "r7", "c1")) + "/"


def test_nearest_relative(person: Person) -> None:
    user = person("zhang")
    for degree, index in ((2, "a"), (1, "b")):
        Kinship.objects.create(user=user, relation="sibling", degree=degree, name="x", relative_index=index)
    nearest = kinship_with(user, ["a", "b", ""])
    assert nearest is not None
    assert nearest.degree == 1
    assert kinship_with(user, ["c", ""]) is None
    assert not is_own_household(user, ["", "a"])
