"""The table of who meets what at which address: written by the walk, read by people, compared by the test.

`+` the page is shown; `.` it does not exist for this person (404); a number is any other status. `make matrix` writes the
tables anew; every changed line is then a decision about a permission and is reviewed as one.
"""

from __future__ import annotations

from pathlib import Path

from shouwang.accounts.roles import ROLES

FOLDER = Path(__file__).parent
#: Column headings, short enough for a screen; nobody is somebody who has not logged in.
SHORT = {
    "nobody": "none", "cadre": "cadr", "company_secretary": "secr", "committee_member": "comm", "department_officer": "dept",
    "regiment_office": "offc", "leading_group_member": "memb", "leading_group_head": "head", "division_office": "divi",
    "corps": "corp", "system_admin": "syst", "security_admin": "secu", "auditor": "audi",
}  # fmt: skip
WHO = ("nobody", *ROLES)
Cells = dict[tuple[str, str], dict[str, str]]


def sign(status: int) -> str:
    return {200: "+", 404: "."}.get(status, str(status))


def written(cells: Cells) -> str:
    """The table as text, a line an address and place."""
    wide = max(len(label) for label, _ in cells) + 2
    lines = [f"{'address':{wide}}{'of':12}" + "".join(f"{SHORT[who]:5}" for who in WHO).rstrip()]
    for (label, place), row in cells.items():
        lines.append(f"{label:{wide}}{place or '-':12}" + "".join(f"{row[who]:5}" for who in WHO).rstrip())
    return "\n".join(lines) + "\n"


def read(text: str) -> Cells:
    """The table back from its text."""
    head, *lines = text.splitlines()
    assert head.split()[2:] == [SHORT[who] for who in WHO], "the columns are the roles; write the table anew"
    found: Cells = {}
    for line in lines:
        label, place, *signs = line.split()
        found[(label, "" if place == "-" else place)] = dict(zip(WHO, signs, strict=True))
    return found


def committed(name: str) -> Cells:
    path = FOLDER / f"{name}.txt"
    return read(path.read_text(encoding="utf-8")) if path.exists() else {}
