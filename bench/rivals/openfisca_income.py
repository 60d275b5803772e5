"""OpenFisca-core for the income part only: net income over the window, per head, and whether it is below the line.

    venv-openfisca/bin/python -m bench.rivals.openfisca_income PACKAGE OUT AS_OF

End to end from the same Parquet files, or from the facts that our intake keeps: then both start from cleaned rows.
OpenFisca has arrays of persons and households and no ledger, so the ledger is folded to one array a quarter and figure
first, here in DuckDB, the fastest way we know. Ledger dirt, identity numbers, matching, and ten of eleven rules are left
out, all in OpenFisca's favour. It writes one CSV of four columns.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from bench.timing import Stages

STAGES = Stages()
with STAGES.stage("start"):
    import duckdb
    import numpy as np
    from openfisca_core.entities import build_entity
    from openfisca_core.periods import MONTH, period
    from openfisca_core.simulations import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

#: A quarter's figure is held on its first month: OpenFisca's own periods know no quarter.
FIGURES = {
    "wage_income": "工资性收入",
    "production_income": "生产经营性收入",
    "property_income": "财产性收入",
    "transfer_income": "转移性收入",
    "production_cost": "生产经营性支出",
}
LINE = 8000

Person = build_entity(key="person", plural="persons", label="", is_person=True)
Household = build_entity(
    key="household", plural="households", label="", roles=[{"key": "member", "plural": "members", "label": ""}]
)


def _input(name: str, entity: object, kind: type) -> type[Variable]:
    return type(name, (Variable,), {"value_type": kind, "entity": entity, "definition_period": MONTH, "label": name})


class net_income(Variable):
    value_type, entity, definition_period, label = float, Household, MONTH, "Net income of the last four quarters"

    def formula(household, period):
        months = [period.offset(-3 * back, "month") for back in (1, 2, 3, 4)]
        income = sum(household(name, month) for name in list(FIGURES)[:4] for month in months)
        return income - sum(household("production_cost", month) for month in months)


class known(Variable):
    value_type, entity, definition_period, label = bool, Household, MONTH, "Whether four quarters are covered"

    def formula(household, period):
        months = [period.offset(-3 * back, "month") for back in (1, 2, 3, 4)]
        return sum(household("covered", month) for month in months) == 4


class net_income_per_head(Variable):
    value_type, entity, definition_period, label = float, Household, MONTH, "Net income per head"

    def formula(household, period):
        heads = household.sum(household.members("here", period))
        return household("net_income", period) / np.maximum(heads, 1)


class below_line(Variable):
    value_type, entity, definition_period, label = bool, Household, MONTH, "Below the monitoring line"

    def formula(household, period):
        heads = household.sum(household.members("here", period))
        poor = household("net_income_per_head", period) < LINE
        return (heads > 0) * household("known", period) * poor


def system() -> TaxBenefitSystem:
    """The income part of the policy as an OpenFisca country package."""
    rules = TaxBenefitSystem([Household, Person])
    rules.add_variable(_input("here", Person, bool))
    rules.add_variable(_input("covered", Household, bool))
    for name in FIGURES:
        rules.add_variable(_input(name, Household, float))
    for formula in (net_income, known, net_income_per_head, below_line):
        rules.add_variable(formula)
    return rules


def main(package: str, out: str, as_of: str) -> None:
    """Raw Parquet to an array of households below the line."""
    connection = duckdb.connect()
    day = date.fromisoformat(as_of)
    now = f"{day.year}-{(day.month - 1) // 3 * 3 + 1:02d}"
    with STAGES.stage("read"):
        owner, here = _members(connection, package, as_of)
        quarters = _ledger(connection, package, now)
    with STAGES.stage("populate"):
        simulation = _simulation(owner, here, now, quarters)
    with STAGES.stage("compute"):
        below = simulation.calculate("below_line", now)
        income = simulation.calculate("net_income", now)
        per_head = simulation.calculate("net_income_per_head", now)
    with STAGES.stage("write"):
        _write(connection, Path(out), {"net_income": income, "per_head": per_head, "below_line": below})
    STAGES.tell(households=len(below), below_line=int(below.sum()))


def _write(connection: duckdb.DuckDBPyConnection, out: Path, figures: dict[str, np.ndarray]) -> None:
    """A row a household in the order of its id, as the other contenders write theirs."""
    out.mkdir(parents=True, exist_ok=True)
    # DuckDB reads arrays as the columns of a table; a household's place in them is its `hid`.
    connection.register("figure", {"hid": np.arange(len(figures["net_income"])), **figures})
    connection.execute(
        "COPY (SELECT id AS household_id, round(net_income, 2) AS net_income, round(per_head, 2) AS per_head, below_line "
        f"FROM figure JOIN household USING (hid) ORDER BY id) TO '{out}/income.csv' (FORMAT csv)"
    )


def _is_stored(folder: str) -> bool:
    return (Path(folder) / "facts.json").exists()


def _members(connection: duckdb.DuckDBPyConnection, package: str, as_of: str) -> tuple[np.ndarray, np.ndarray]:
    stored = _is_stored(package)
    house = "household_id AS id, hid" if stored else "户编号 AS id, row_number() OVER () - 1 AS hid"
    connection.execute(
        f"CREATE TEMP TABLE household AS SELECT {house} FROM '{package}/households.parquet' ORDER BY hid"
    )
    shares, joined, left = ("shares_budget", "joined_on", "left_on") if stored else ("共同生活", "加入日期", "离开日期")
    owner = "" if stored else "JOIN household ON 户编号 = id"
    found = connection.execute(
        f"SELECT hid, coalesce({shares}, true) AND coalesce({joined} <= CAST(? AS DATE), true) "
        f"AND coalesce({left} > CAST(? AS DATE), true) AS here FROM '{package}/members.parquet' {owner}",
        [as_of, as_of],
    ).fetchnumpy()
    return found["hid"], found["here"]


def _ledger(connection: duckdb.DuckDBPyConnection, package: str, now: str) -> dict[str, dict[str, np.ndarray]]:
    """Month -> figure -> one value a household."""
    stored = _is_stored(package)
    count = connection.execute("SELECT count(*) FROM household").fetchall()[0][0]
    amount, type_, quarter = ("amount / 100", "kind", "quarter") if stored else ("金额", "类别", "季度")
    kinds = {name: name if stored else kind for name, kind in FIGURES.items()}
    sums = ", ".join(f"sum({amount}) FILTER ({type_} = '{kind}') AS {name}" for name, kind in kinds.items())
    covers = ", ".join(f"'{kind}'" for kind in kinds.values())
    owner = "" if stored else "JOIN household ON 户编号 = id"
    clean = "" if stored else "AND round(金额 * 100) / 100 = 金额"
    quarters = {}
    for back in (1, 2, 3, 4):
        month = period(now).start.offset(-3 * back, "month")
        part = (month.month + 2) // 3
        when = month.year * 4 + part - 1 if stored else f"'{month.year}Q{part}'"
        found = connection.execute(
            f"SELECT hid, {sums} FROM '{package}/ledger.parquet' {owner} "
            f"WHERE {quarter} = {when} AND {type_} IN ({covers}) {clean} GROUP BY hid"
        ).fetchnumpy()
        dense = {"covered": np.zeros(count, bool)}
        dense["covered"][found["hid"]] = True
        for name in FIGURES:
            dense[name] = np.zeros(count)
            dense[name][found["hid"]] = np.ma.filled(found[name], 0)
        quarters[f"{month.year}-{month.month:02d}"] = dense
    return quarters


def _simulation(owner: np.ndarray, here: np.ndarray, now: str, quarters: dict[str, dict[str, np.ndarray]]):
    builder = SimulationBuilder()
    rules = system()
    builder.create_entities(rules)
    count = len(next(iter(quarters.values()))["covered"])
    builder.declare_person_entity("person", np.arange(len(owner)))
    houses = builder.declare_entity("household", np.arange(count))
    builder.join_with_persons(houses, owner, np.full(len(owner), "member"))
    simulation = builder.build(rules)
    simulation.set_input("here", now, here)
    for month, figures in quarters.items():
        for name, values in figures.items():
            simulation.set_input(name, month, values)
    return simulation


if __name__ == "__main__":
    main(*sys.argv[1:])
