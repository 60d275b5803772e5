"""Whose words each role may read: written by hand from the duties (四/一), not worked out by the code under test.

Roles are tried at the lowest level they exist at: a company's at c1, a department's at the hospital of r7, a regiment's and
the administrators' at r7, the division's at d1, the corps' at the top.
"""

from __future__ import annotations

from tests.matrix.world import WORDS

_COMPANY = {"data@c1", "report@c1", "unit@c1"}
#: Names of officials: those who acted in what one sees.
_ACTED = {"staff@c1", "staff@r7"}
_REGIMENT = {"data@c1", "data@c2", "report@c1", "unit@c1", "unit@c2"}
_REGIMENTS_STAFF = {"staff@c1", "staff@c2", "staff@r7", "staff@hospital", "staff@school"}

MAY_READ: dict[str, set[str]] = {
    "nobody": set(),
    # The department's officer is named beside what the department reported of a household.
    "cadre": _COMPANY | _ACTED | {"staff@hospital"},
    "company_secretary": _COMPANY | _ACTED | {"staff@hospital"},
    "committee_member": _COMPANY | _ACTED | {"staff@hospital"},
    # A department reads what it sent.
    "department_officer": {"data@hospital", "report@c1", "staff@hospital"},
    # The office reads what the departments of its regiment sent; the leading group does not.
    "regiment_office": _REGIMENT | _REGIMENTS_STAFF | {"data@r7", "data@hospital", "data@school"},
    "leading_group_member": _REGIMENT | _REGIMENTS_STAFF - {"staff@school"} | {"data@r7"},
    "leading_group_head": _REGIMENT | _REGIMENTS_STAFF - {"staff@school"} | {"data@r7"},
    "division_office": _REGIMENT
    | _REGIMENTS_STAFF - {"staff@school"}
    | {"data@c81", "data@r7", "data@r8", "report@c81", "unit@c81", "unit@r8", "staff@c81", "staff@r8"}
    | {"staff@hospital8"},
    # 兵团: numbers of divisions, no household and nobody's name.
    "corps": {"unit@d2"},
    "system_admin": _REGIMENTS_STAFF | {"unit@c1", "unit@c2"},
    "security_admin": _REGIMENTS_STAFF | {"unit@c1", "unit@c2"},
    # The auditor reads who did what when, in which unit.
    "auditor": _REGIMENTS_STAFF | {"unit@c1", "unit@c2"},
}


#: Words met only when asked for: 兵团 may open the numbers of any unit, and its name with them.
WHEN_ASKED = {"corps": {name for name in WORDS if name.startswith("unit@")}}


def foreign_words(role: str) -> dict[str, str]:
    """The words somebody of the role must not meet: word -> whose it is."""
    return {mark: name for name, mark in WORDS.items() if name not in MAY_READ[role]}
