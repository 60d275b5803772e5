"""The rival: the whole contract as one hand-written SQL script, `hand.sql`, on the same DuckDB.

python -m bench.rivals.hand_sql PACKAGE OUT AS_OF
"""

from __future__ import annotations

import shutil
import sys
from datetime import date, timedelta
from pathlib import Path
from string import Template

from bench.timing import Stages, body_sha256

STAGES = Stages()
with STAGES.stage("start"):
    import duckdb

RULES = (
    "income_below_line rigid_spending_exceeds_income income_dropped income_after_medical_below_line medical_burden "
    "medical_aid_not_received child_out_of_school tuition_burden member_uninsured dwelling_unsafe water_unsafe"
).split()
FLOOR_DIVISION = "CREATE MACRO floor_division(a, b) AS CASE WHEN a >= 0 THEN a // b ELSE -((b - 1 - a) // b) END;\n"


def main(package: str, out: str, as_of: str) -> None:
    """Raw Parquet to `households.csv` (rows only) and its hash."""
    target = Path(out)
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    template = Template((Path(__file__).parent / "hand.sql").read_text(encoding="utf-8"))
    script = template.substitute(periods(date.fromisoformat(as_of)), package=package)
    connection = duckdb.connect()
    connection.execute("SET preserve_insertion_order = false")
    connection.execute(f"SET temp_directory = '{target}/spill'")
    connection.execute(FLOOR_DIVISION)
    for statement in script.split(";\n"):
        if statement.strip():
            with STAGES.stage(_title(statement)):
                connection.execute(statement)
    csv = target / "households.csv"
    with STAGES.stage("write"):
        connection.execute(f"COPY (SELECT * FROM result ORDER BY household_id) TO '{csv}' (FORMAT csv, HEADER false)")
    with STAGES.stage("hash"):
        sha = body_sha256(csv)
    counted = connection.execute("SELECT count(*) FROM household").fetchall()
    STAGES.tell(sha256=sha, households=counted[0][0])


def _title(statement: str) -> str:
    """What a statement makes: `member` of `CREATE TEMP TABLE member AS …`."""
    line = next(line for line in statement.splitlines() if line.startswith("CREATE"))
    return line.split()[3] if "TEMP" in line else "macros"


def periods(day: date) -> dict[str, object]:
    """The dates, quarters and rule lists of the script."""
    w = day.year * 4 + (day.month - 1) // 3 - 4
    y = (day.year - 1) * 4
    starts = date(w // 4, w % 4 * 3 + 1, 1)
    after = w + 4
    missing = (f"if(seen & {1 << (8 + at)} = 0, '{_name(w + at)}', NULL)" for at in range(4))
    return {
        "as_of": day,
        "year_ago": day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day),
        "window_start": starts,
        "window_end": date(after // 4, after % 4 * 3 + 1, 1) - timedelta(days=1),
        "w": w,
        "y": y,
        "mask_w": 15 << 8,
        "mask_p": 15 << 4,
        "mask_y": 15 << (y - w + 8),
        "window": f"{_name(w)}-{_name(w + 3)}",
        "before": f"{_name(w - 4)}-{_name(w - 1)}",
        "last_year": day.year - 1,
        "missing": ", ".join(missing),
        **{outcome: _listed(outcome) for outcome in ("met", "suspected", "unknown")},
    }


def _listed(outcome: str) -> str:
    parts = (f"if(r{place} = '{outcome}', '{rule}', NULL)" for place, rule in enumerate(RULES, 1))
    return f"concat_ws(';', {', '.join(parts)})"


def _name(quarter: int) -> str:
    return f"{quarter // 4}Q{quarter % 4 + 1}"


if __name__ == "__main__":
    main(*sys.argv[1:])
