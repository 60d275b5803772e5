"""Do the plain reader and the compiler say the same of every household? Columns, findings, questions, notes: every byte."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shouwang.policy.parameters import Unit, parameters_of
from shouwang.screening.findings import FindingWriter
from shouwang.screening.terms import FINDING, finding_terms, household_terms
from shouwang.terms.evaluate import Facts
from shouwang.terms.nodes import TermError
from tests.readers import both
from tests.readers.populations import Recipe, any_recipes, population, recipes

#: Days on which windows turn, years turn, and 29 February has no counterpart.
TURNS = ("2020-05-20", "2020-06-30", "2020-07-01", "2020-02-29", "2021-01-01", "2024-02-29", "2020-12-31")
THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
EXAMPLES = 20
_SERIES = {name: parameters_of("qituan_2020")[name] for name in both.parameters_in_use()}
#: A fixed population large enough that every outcome occurs in it.
SAMPLE_KEY: both.Key = (date(2020, 5, 20), ())
SAMPLE = any_recipes(480, seed=20200514)


def parameter_sets() -> st.SearchStrategy[tuple[tuple[str, str], ...]]:
    """Some parameters set to other values, as a person would write them."""
    yuan = st.integers(0, 30_000_00).map(lambda fen: f"{fen // 100}.{fen % 100:02d}")
    ratio = st.integers(0, 20_000).map(lambda share: f"{share // 10_000}.{share % 10_000:04d}")
    by_unit = {Unit.YUAN: yuan, Unit.RATIO: ratio, Unit.AGE: st.integers(0, 30).map(str)}
    values = {name: by_unit[series.unit] for name, series in _SERIES.items()}
    return st.fixed_dictionaries({}, optional=values).map(lambda chosen: tuple(sorted(chosen.items())))


def _pool() -> list[both.Key]:
    """A few contexts, so that queries are compiled only a few times; drawn once, with a fixed seed."""
    dice, keys = Random(20200514), [SAMPLE_KEY]
    for turn in TURNS[2:4]:
        names = dice.sample(sorted(_SERIES), 5)
        keys.append(
            (date.fromisoformat(turn), tuple((name, _drawn(dice, _SERIES[name].unit)) for name in sorted(names)))
        )
    keys.append((date(2019, 1, 1) + timedelta(dice.randint(0, 4000)), ()))
    return keys


def _drawn(dice: Random, unit: Unit) -> str:
    if unit is Unit.YUAN:
        return f"{dice.randint(0, 20_000)}.{dice.randint(0, 99):02d}"
    return f"0.{dice.randint(0, 9999):04d}" if unit is Unit.RATIO else str(dice.randint(0, 20))


def contexts() -> st.SearchStrategy[both.Key]:
    """As-of dates and parameters: from the pool, or any at all in the thorough profile."""
    if THOROUGH:
        days = st.dates(date(2000, 1, 1), date(2079, 12, 31)) | st.sampled_from(TURNS).map(date.fromisoformat)
        return st.tuples(days, parameter_sets())
    return st.sampled_from(_pool())


@cache
def _household_terms(key: both.Key) -> dict[str, Any]:
    return household_terms(both.book_of(*key))


def screened(key: both.Key, facts: list[Facts]) -> tuple[both.Answers, list[str]]:
    """A population through the compiler, as `screen` runs it: a row a household, then the finding lines."""
    engine = both.bulk()
    engine.load(facts)
    query = engine.query(key, both.book_of(*key).context, _household_terms(key))
    rows = engine.connection.sql(f"SELECT * FROM ({query}) ORDER BY hid").to_arrow_table()
    lines = [line for text in both.finding_writer(key).lines(rows).to_pylist() for line in text.split("\n")[:-1]]
    return {row.pop("whose"): row for row in rows.drop_columns("hid").to_pylist()}, lines


def explained(key: both.Key, facts: list[Facts]) -> tuple[both.Answers, list[str]]:
    """The same by the plain reader, household by household."""
    findings = finding_terms(both.book_of(*key))
    answers = both.plain_answers(both.evaluator_of(key), _household_terms(key) | findings, facts)
    lines = [line for one in sorted(answers) for name in findings if (line := answers[one].pop(name)) is not None]
    return answers, lines


def differences(key: both.Key, chosen: list[Recipe]) -> dict[Any, Any]:
    """What the readers say differently, and of whom."""
    facts = population(both.book_of(*key), chosen)
    (plain, said), (bulk, written) = explained(key, facts), screened(key, facts)
    assert sorted(plain) == sorted(bulk)
    assert len(plain) == len(chosen)
    found: dict[Any, Any] = {
        (one, name): (value, bulk[one][name])
        for one, row in plain.items()
        for name, value in row.items()
        if value != bulk[one][name]
    }
    return found | {("findings", line): None for line in set(said) ^ set(written)} | _order(said, written)


def _order(said: list[str], written: list[str]) -> dict[Any, Any]:
    return {} if said == written else {("findings", "order"): (len(said), len(written))}


@settings(max_examples=settings().max_examples if THOROUGH else EXAMPLES)
@given(contexts(), recipes())
def test_readers_agree(key: both.Key, chosen: list[Recipe]) -> None:
    """两种读法对每一户给出的每一列、每一条理由、每一个疑问和提示逐字相同。"""
    assert differences(key, chosen) == {}


@pytest.fixture(scope="module")
def sample() -> tuple[both.Answers, list[dict[str, Any]]]:
    """The fixed population, screened by the compiler: its rows, and its findings read back."""
    answers, lines = screened(SAMPLE_KEY, population(both.book_of(*SAMPLE_KEY), SAMPLE))
    return answers, [json.loads(line) for line in lines]


def test_readers_agree_on_the_sample() -> None:
    """固定的四百八十户，两种读法逐字相同。"""
    assert differences(SAMPLE_KEY, SAMPLE) == {}


def test_the_sample_meets_every_outcome(sample: tuple[both.Answers, list[dict[str, Any]]]) -> None:
    """一致若只因为样样都“不命中”就没有意义：造出的户遇到每条规则的每一种结论，恰在线上的也有。"""
    answers, findings = sample
    rules = both.book_of(*SAMPLE_KEY).rules
    expected = {(rule.id, outcome.value) for rule in rules for outcome in rule.sentences if outcome.value != "not_met"}
    assert {(found["rule"], found["outcome"]) for found in findings} == expected
    rows = list(answers.values())
    assert {row["tier"] for row in rows} == {"severe", "low", "above", None}
    assert {row["route"] for row in rows} == {"", "A", "B", "A+B"}
    assert {row["outcome"] for row in rows} == {"met", "suspected", "special", "unknown", "not_met"}
    assert any(row["note.income_below_line.boundary"] for row in rows)
    assert any(row["question.medical_sources_differ"] for row in rows)


def test_findings_are_whole_sentences(sample: tuple[both.Answers, list[dict[str, Any]]]) -> None:
    """每条理由是一行 JSON，字段和次序如约定（contract 5）；句子完整，没有空槽。"""
    answers, findings = sample
    assert len(findings) > 1000
    for found in findings:
        assert list(found) == ["household_id", "rule", "outcome", "clause", "sentence", "values", "notes"]
        assert found["household_id"] in answers
        assert found["sentence"].endswith("。")
        assert "{" not in found["sentence"]
        assert "\n" not in found["sentence"]


def test_money_comes_out_as_whole_numbers() -> None:
    """金额列是六十四位整数，不是小数，也不是更宽的数：各引擎、Parquet 文件里都一样。"""
    engine = both.bulk()
    engine.load(population(both.book_of(*SAMPLE_KEY), SAMPLE[:40]))
    query = engine.query(SAMPLE_KEY, both.book_of(*SAMPLE_KEY).context, _household_terms(SAMPLE_KEY))
    schema = engine.connection.sql(query).to_arrow_table().schema
    kinds = {str(schema.field(name).type) for name in ("net_income_fen", "base_income_fen", "rigid_fen", "members")}
    assert kinds == {"int64"}
    assert {str(field.type) for field in schema} == {"int32", "int64", "string", "bool"}


def _steps(plan: list[dict[str, Any]]) -> Iterator[str]:
    """The operators of a DuckDB plan."""
    for step in plan:
        yield step["name"].strip()
        yield from _steps(step["children"])


def test_no_join_compares_every_pair() -> None:
    """整个筛查的执行计划里没有两两比较的连接：户数加倍，时间只加倍。"""
    engine = both.bulk()
    engine.load(population(both.book_of(*SAMPLE_KEY), SAMPLE))
    query = engine.query(SAMPLE_KEY, both.book_of(*SAMPLE_KEY).context, _household_terms(SAMPLE_KEY))
    ((_, plan),) = engine.connection.execute(f"EXPLAIN (FORMAT json) {query}").fetchall()
    joins = [step for step in _steps(json.loads(plan)) if "JOIN" in step or "PRODUCT" in step]
    assert set(joins) == {"HASH_JOIN"}
    assert len(joins) >= 6


def test_findings_need_no_second_look_at_the_facts() -> None:
    """理由只从户的结果行写出：少一列就拒绝，不会悄悄写成别的。"""
    engine = both.bulk()
    engine.load(population(both.book_of(*SAMPLE_KEY), SAMPLE[:40]))
    query = engine.query(SAMPLE_KEY, both.book_of(*SAMPLE_KEY).context, _household_terms(SAMPLE_KEY))
    rows = engine.connection.sql(query).to_arrow_table()
    assert FINDING not in "".join(rows.column_names)
    writer = FindingWriter(both.book_of(*SAMPLE_KEY), engine.connection)
    with pytest.raises(TermError):
        writer.lines(rows.drop_columns("figure.net_income"))
