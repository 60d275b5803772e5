"""Is the text followed? Every citation resolves, every clause is implemented or excused, and the text is the published one."""

from __future__ import annotations

import hashlib
import importlib.util
from importlib import resources

import pytest

from shouwang.policy import manual
from shouwang.policy.book import POLICIES
from shouwang.policy.clauses import UnknownClause, clause, instrument
from shouwang.policy.coverage import Excuse, citations, excuses

PACKAGE = "qituan_2020"
PACKAGES = [policy.package for policy in POLICIES.values()]
#: SHA-256 of the text as published on 2020-12-24, with our clause marks: not a byte of it changes silently.
PUBLISHED = "00eb8395b46d63c6e03a0da4269de8e492563907e92299d695cb696480d42ec6"
STATES = ("不需要", "未建", "部分", "已建")


def test_the_text_is_the_published_text() -> None:
    """text.md 与公布的全文逐字节相同，原文的笔误也照录。"""
    text = resources.files(f"shouwang.policy.{PACKAGE}").joinpath("text.md").read_bytes()
    assert hashlib.sha256(text).hexdigest() == PUBLISHED
    for slip in ("相合", "者核", "富裕劳动力"):
        assert slip in text.decode()


def test_every_mark_in_the_text_is_a_clause() -> None:
    """正文里的每个条款编号都读得出来，没有重复；每条有文字，标题在它上面。"""
    text = resources.files(f"shouwang.policy.{PACKAGE}").joinpath("text.md").read_text(encoding="utf-8")
    marks = [line for line in text.splitlines() if line.lstrip("# ").startswith("〔")]
    found = instrument(PACKAGE)
    assert len(marks) == len(found) == 37
    for id_, one in found.items():
        assert one.id == id_
        assert one.text
        assert one.headings or id_ == "序"
    assert found["二/四/3"].headings[-1] == "(四)工作方式"
    assert found["三/p2"].text.startswith("对家庭年人均纯收入低于8000高于5000元")


@pytest.mark.parametrize("package", PACKAGES)
def test_every_citation_resolves(package: str) -> None:
    """规则、数字、疑问、参数、步骤引用的条款都查得到，而且是正文，不是标题。"""
    cited = citations(package)
    assert {"二/一/p1", "二/二/p1", "二/三/3", "二/四/3", "三/p2"} <= set(cited)
    for clause_id, who in cited.items():
        assert not clause(package, clause_id).is_heading, f"{clause_id}: {who}"


def test_a_citation_that_leads_nowhere_is_an_error() -> None:
    """查不到的条款报错，错误里写出编号。"""
    with pytest.raises(UnknownClause, match="二/九"):
        clause(PACKAGE, "二/九")


@pytest.mark.parametrize("package", PACKAGES)
def test_every_clause_is_implemented_or_excused(package: str) -> None:
    """每条正文不是有引用，就在 excused.yaml 里写明理由；两处都没有的不行，两处都有的也不行。"""
    wanted = {one.id for one in instrument(package).values() if not one.is_heading}
    cited, excused = set(citations(package)), set(excuses(package))
    assert wanted - cited - excused == set(), "没有实施也没有说明"
    assert excused & cited == set(), "已经有引用，请从 excused 删去；只实施了一部分的，移到 partly"
    assert excused - wanted == set(), "没有这样的条款"


@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_partly_done_says_what_is_left(package: str) -> None:
    """只实施了一部分的条款，须确实有引用。"""
    assert set(excuses(package, "partly")) <= set(citations(package))


def every_excuse() -> list[Excuse]:
    sections = [excuses(package, name) for package in PACKAGES for name in ("excused", "partly")]
    return list(dict.fromkeys(excuse for section in sections for excuse in section.values()))


@pytest.mark.parametrize("excuse", every_excuse(), ids=lambda excuse: excuse.clause)
def test_excuses_are_truthful(excuse: Excuse) -> None:
    """理由是一句话；说“未建”的部分确实还没有，说“部分”“已建”的确实有了。"""
    assert excuse.reason.endswith("。")
    assert len(excuse.reason) >= 12
    assert excuse.state in STATES
    assert (excuse.part == "") == (excuse.state == "不需要")
    if excuse.part:
        there = importlib.util.find_spec(f"shouwang.{excuse.part}") is not None
        assert there == (excuse.state in ("部分", "已建")), f"请核对 shouwang/{excuse.part} 并更新 excused.yaml"


def test_a_clause_left_out_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """删去一条理由，条款对照页就写明“没有实施，也没有说明”：这项检查不是摆设。"""
    assert "没有实施，也没有说明" not in manual.clauses_page(PACKAGE)
    sections = {name: dict(excuses(PACKAGE, name)) for name in ("excused", "partly")}
    del sections["excused"]["三/4"]
    monkeypatch.setattr(manual, "excuses", lambda package, section="excused": sections[section])
    before = manual.clauses_page(PACKAGE).split("没有实施，也没有说明")
    assert len(before) == 2
    assert "〔三/4〕" in before[0].splitlines()[-3]
