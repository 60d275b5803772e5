"""Every paper of a case says what was entered, in both forms; nothing is left unfilled, nothing leaks, nothing is guessed."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.db import connection
from django.utils import timezone
from docx import Document
from docx.shared import Mm, Pt
from openpyxl import load_workbook
from pypdf import PdfReader

from shouwang.accounts.models import AuditEvent, Unit
from shouwang.accounts.scope import AccessDenied
from shouwang.casework import actions as casework
from shouwang.casework.models import Case, StepRecord
from shouwang.documents import actions, docx, pdf
from shouwang.documents.consent import blank_application
from shouwang.documents.dossier import Dossier
from shouwang.documents.errors import BasisChanged, NoProofForNumbers, NoSuchPaper, PaperNotYet
from shouwang.documents.kinds import State, entries
from shouwang.documents.paper import Cell, Grid, Paper, Paragraph, facts
from shouwang.documents.queries import papers_of
from shouwang.documents.words import BLANK, answer, clause_words, minus, money, room
from shouwang.policy.procedure import Field, Kind
from shouwang.policy.procedure_json import read
from shouwang.registry.models import Membership, Person
from tests.accounts.conftest import needs_sqlite
from tests.casework.conftest import Clock, MakeHouse, Staff, do
from tests.documents.conftest import CITIZENS, NAMES, SPOKEN, Walk, text_of_docx, text_of_pdf

pytestmark = pytest.mark.django_db
#: What each paper of a finished case must say, in the words that were entered.
SAID = {
    "declare": ["申请及承诺授权书", *NAMES, "马代办", "邻居", "丈夫住院三个月", "6599**********2711", "本人明白并同意"],
    "visit": ["走访记录", "周一、周二", "户主古丽娜", "住房一般", "少一笔打工收入", "已走访", "cadre", "secretary"],
    "assess": ["评估表", "住房安全有保障", "说不清", "因病、缺劳动力", "收入明显下降", "18000元", "49323.60元", "建议纳入"],
    "compare": ["部门比对表", "医院", "已答复", "社保所", "未答复", "已补录", "小货车"],
    "check": ["入户核查记录", "吴一、吴二", "属实", "核查情况与申报一致", "现场照片张数"],
    "confirm": ["七团扶贫开发领导小组确认会议纪要", "七扶领纪1号", "甲、乙、丙", "丁", "同意3票", "确认纳入", "实地入户核查"],
    "file": ["七团扶贫开发领导小组办公室", "七扶办1号", "第一师扶贫开发领导小组办公室", "1户2人", "请予备案", "七扶领纪1号"],
    "letter": ["古丽娜同志", "纳入防止返贫监测和帮扶", "平均每人6000元", "每人8000元的标准", "2019年4月到2020年3月"],
}  # fmt: skip


def made(staff: Staff, case: Case, kind: str, form: str, **more: bool) -> bytes:
    return actions.make_paper(by=staff.office, case=case, kind=kind, form=form, **more).content


@pytest.fixture
def finished(case: Case, go: Walk) -> Case:
    return go(case)


def test_every_paper_says_what_was_entered(staff: Staff, finished: Case) -> None:
    for kind, words in SAID.items():
        told = {
            "docx": text_of_docx(made(staff, finished, kind, "docx")),
            "pdf": text_of_pdf(made(staff, finished, kind, "pdf")),
        }
        for form, text in told.items():
            plain = "".join(text.split())
            for word in words:
                assert "".join(word.split()) in plain, (kind, form, word)
            assert "{{" not in text and "{%" not in text and "None" not in text, (kind, form)
            assert not any(number in text for number in (*CITIZENS, "13812345678")), (kind, form)


def test_a_paper_for_every_step_that_names_one(finished: Case) -> None:
    """A step added to a policy has its paper without anybody writing one."""
    listed = {entry.kind: entry.title for entry in entries(Dossier.open(finished))}
    steps = read(finished.version.definition).procedure.steps
    wanted = {step.id: step.document for step in steps if step.document and step.id != "appeal_review"}
    assert wanted.items() <= listed.items()
    assert set(listed) == set(SAID)


def test_labels_come_from_the_procedure(staff: Staff, finished: Case) -> None:
    """What a form asks stands in the policy once; a paper repeats the words of the case's own version."""
    steps = {step.id: step for step in read(finished.version.definition).procedure.steps}
    for kind in ("visit", "assess", "check"):
        text = "".join(text_of_docx(made(staff, finished, kind, "docx")).split())
        for field in steps[kind].fields:
            if field.when is None:
                assert "".join(field.label.split()) in text, (kind, field.label)


def test_the_page_is_that_of_the_standard(staff: Staff, finished: Case) -> None:
    """GB/T 9704：A4，37/35/28/26 毫米；标题小标宋二号，正文仿宋三号、行距28磅，页码带一字线。"""
    document = Document(BytesIO(made(staff, finished, "confirm", "docx")))
    page = document.sections[0]
    sizes = (
        page.page_width,
        page.page_height,
        page.top_margin,
        page.bottom_margin,
        page.left_margin,
        page.right_margin,
    )
    for found, wanted in zip(sizes, (210, 297, 37, 35, 28, 26), strict=True):
        assert abs(found - Mm(wanted)) < Mm(0.2)
    body, title = document.styles["文书正文"], document.styles["公文标题"]
    assert (body.font.size, body.paragraph_format.line_spacing) == (Pt(16), Pt(28))
    assert title.font.size == Pt(22)
    fonts = [style.element.rPr.rFonts.values() for style in (body, title)]
    assert "仿宋_GB2312" in fonts[0] and "方正小标宋简体" in fonts[1]
    assert "PAGE" in page.footer._element.xml and "— " in page.footer.paragraphs[0].text


def test_the_letter_is_in_large_print(staff: Staff, finished: Case) -> None:
    document = Document(BytesIO(made(staff, finished, "letter", "docx")))
    assert document.styles["文书正文"].font.size == Pt(18)


def test_tables_are_whole(staff: Staff, finished: Case) -> None:
    """Every row fills the table, and a cell holds one paragraph: no empty lines left behind by the template."""
    for kind in ("declare", "assess", "confirm"):
        document = Document(BytesIO(made(staff, finished, kind, "docx")))
        assert document.tables
        assert any(row._tr.xpath("./w:trPr/w:tblHeader") for found in document.tables for row in found.rows)
        assert not document.tables[0].rows[0]._tr.xpath("./w:trPr/w:tblHeader") or kind == "confirm"
        for row in (row for found in document.tables for row in found.rows):
            assert sum(cell.grid_span for cell in row._tr.tc_lst) == 24
            assert all(len(cell.p_lst) == 1 for cell in row._tr.tc_lst)


def test_the_same_case_gives_the_same_bytes(staff: Staff, finished: Case) -> None:
    for kind, form in (("assess", "docx"), ("assess", "pdf"), ("file", "zip")):
        first, second = (made(staff, finished, kind, form) for _ in range(2))
        assert hashlib.sha256(first).digest() == hashlib.sha256(second).digest(), (kind, form)


def test_an_open_step_gives_an_empty_form(staff: Staff, case: Case, go: Walk) -> None:
    """走访还没有办：户的情况已填，其余留空；选项是方框，不替人选。"""
    go(case, "visit")
    text = text_of_docx(made(staff, case, "visit", "docx"))
    assert NAMES[0] in text and "□已走访" in text
    assert BLANK in text and "周一" not in text
    assert {entry.kind: entry.state for entry in entries(Dossier.open(case))}["visit"] is State.BLANK


def test_a_paper_before_its_step_is_refused(staff: Staff, case: Case, go: Walk) -> None:
    go(case, "visit")
    with pytest.raises(PaperNotYet, match="等办完“连（社区）走访”"):
        made(staff, case, "confirm", "pdf")
    with pytest.raises(PaperNotYet, match="才写信"):
        made(staff, case, "letter", "pdf")
    for kind, form in (("nothing", "pdf"), ("visit", "zip"), ("visit", "exe"), ("report", "pdf")):
        with pytest.raises(NoSuchPaper):
            made(staff, case, kind, form)


def test_a_record_waiting_for_a_signature_is_not_yet_a_paper(staff: Staff, case: Case, go: Walk) -> None:
    """一人签了、另一人没签的走访不算数，文书仍是空白表。"""
    go(case, "visit")
    casework.act(by=staff.cadre, case=case, step="visit", way="visited", evidence=SPOKEN["visit"])
    assert "住房一般" not in text_of_docx(made(staff, case, "visit", "docx"))


def test_after_a_return_the_paper_is_of_the_last_round(staff: Staff, case: Case, go: Walk) -> None:
    go(case, "confirm")
    do(staff, case, "confirm", "back_to_company", note="收入没有核实")
    assert {e.kind: e.state for e in entries(Dossier.open(case))}["assess"] is State.BLANK
    do(staff, case, "assess", evidence={**SPOKEN["assess"], "opinion": "重新核实后仍建议"})
    assert "重新核实后仍建议" in text_of_docx(made(staff, case, "assess", "docx"))


def test_whole_numbers_only_where_needed_and_allowed(staff: Staff, finished: Case) -> None:
    """申请书和备案材料才有完整身份证号，须有查看权；其余一律遮蔽。"""
    full = text_of_docx(made(staff, finished, "declare", "docx", full=True))
    assert CITIZENS[0] in full and "含完整身份证号，由office生成" in full
    with pytest.raises(NoProofForNumbers):
        made(staff, finished, "visit", "docx", full=True)
    with pytest.raises(AccessDenied):
        actions.make_paper(by=staff.cadre, case=finished, kind="declare", form="docx", full=True)
    assert CITIZENS[0] not in text_of_docx(
        actions.make_paper(by=staff.cadre, case=finished, kind="declare", form="docx").content
    )


def test_every_paper_is_recorded_with_its_hash(staff: Staff, finished: Case) -> None:
    content = made(staff, finished, "declare", "pdf", full=True)
    event = AuditEvent.objects.filter(verb="paper.made").latest("seq")
    assert event.actor == staff.office and event.target == f"casework.case/{finished.uuid}"
    for part in (hashlib.sha256(content).hexdigest(), '"full":true', '"kind":"declare"', finished.number):
        assert part in event.facts
    assert all(str(person.uuid) in event.facts for person in finished.household.people.all())
    assert CITIZENS[0] not in event.facts


def test_nothing_outside_ones_units(staff: Staff, finished: Case) -> None:
    for name in ("cadre_c2", "office_r8", "corps", "hospital"):
        with pytest.raises(AccessDenied):
            actions.make_paper(by=staff[name], case=finished, kind="visit", form="pdf")


def test_the_filing_is_for_those_who_may_export(staff: Staff, finished: Case) -> None:
    """备案报告写着别的户，连队看不到，也下载不到。"""
    with pytest.raises(AccessDenied):
        actions.make_paper(by=staff.secretary, case=finished, kind="file", form="pdf")
    assert "file" not in {entry.kind for entry in papers_of(staff.secretary, finished).entries}
    assert "file" in {entry.kind for entry in papers_of(staff.office, finished).entries}


@needs_sqlite
def test_a_changed_basis_stops_what_goes_out(staff: Staff, finished: Case) -> None:
    """C8：确认依据被改过，纪要、备案和告知信都不生成。"""
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER casework_steprecord_no_update")
    StepRecord.objects.filter(case=finished, step="assess").update(evidence={"opinion": "改过"})
    changed = Case.objects.get(pk=finished.pk)
    for kind in ("confirm", "file", "letter"):
        with pytest.raises(BasisChanged, match="与确认当时不符"):
            made(staff, changed, kind, "docx")
    assert made(staff, changed, "visit", "docx")


def test_the_date_inside_is_that_of_the_record(staff: Staff, finished: Case) -> None:
    about = Document(BytesIO(made(staff, finished, "confirm", "docx"))).core_properties
    last = finished.records.latest("pk").recorded_at
    assert about.created == about.modified == last.replace(microsecond=0)
    assert about.title == "七团扶贫开发领导小组确认会议纪要"


def test_odd_words_are_only_words(staff: Staff, case: Case, go: Walk) -> None:
    """What people type is never code: not for Word, not for typst, not for Jinja."""
    odd = '<b>&amp; {{ 7*7 }} {% raw %} #read("/etc/passwd") *粗* $x$ “引号” \\ end'
    go(case, "visit")
    do(staff, case, "visit", evidence={**SPOKEN["visit"], "living": odd})
    assert odd in text_of_docx(made(staff, case, "visit", "docx"))
    flat = "".join(text_of_pdf(made(staff, case, "visit", "pdf")).split())
    assert '{{7*7}}{%raw%}#read("/etc/passwd")*粗*$x$' in flat


def test_the_blank_application_for_the_door(staff: Staff, named_units: dict[str, Unit]) -> None:
    paper = blank_application(named_units["c1"])
    file = actions.make_blank_application(by=staff.cadre, form="docx")
    text = text_of_docx(file.content)
    assert "三连" in text and "□本人　□家庭成员　□他人代办" in text and paper.title in text
    assert file.name == "防止返贫监测对象申请及承诺授权书（空白）.docx"
    with pytest.raises(AccessDenied):
        actions.make_blank_application(by=staff.leader, form="pdf")


def test_a_household_the_register_knows_little_of(staff: Staff, house: MakeHouse) -> None:
    """没有户主、没有号码、没有筛查：留空白，不猜。"""
    case = casework.open_case(by=staff.cadre, household=house())
    text = text_of_docx(made(staff, case, "declare", "docx"))
    assert BLANK in text and "家庭纯收入" not in text


def test_rows_of_a_table_fit() -> None:
    with pytest.raises(ValueError, match="23 units"):
        Grid(((Cell("x", 23),),))
    packed = facts([("甲", "1"), ("乙", "2"), ("丙", "长" * 20), ("丁", "3")])
    assert [[cell.text for cell in row] for row in packed.rows] == [
        ["甲", "1", "乙", "2"],
        ["丙", "长" * 20],
        ["丁", "3"],
    ]


@pytest.mark.parametrize(
    ("clause", "words"),
    [("二/五/2", "第二部分（五）第2条"), ("二/一/p1", "第二部分（一）"), ("国/一/3", "国（一）第3条")],
)
def test_clauses_in_words(clause: str, words: str) -> None:
    assert clause_words(clause) == words


def test_pictures_need_no_network(finished: Case) -> None:
    """The layout names no package and no address."""
    layout = pdf.LAYOUT.read_text(encoding="utf-8")
    assert "@preview" not in layout and "http" not in layout


def test_filed_together(staff: Staff, finished: Case, house: MakeHouse, go: Walk, named_units: dict[str, Unit]) -> None:
    """同一文号的几户在一份报告、一张名单里；别的文号不混进来。"""
    second, third = (casework.open_case(by=staff.cadre, household=house()) for _ in range(2))
    go(second)
    go(third, "file")
    do(staff, third, "file", evidence={"document": "七扶办2号"})
    package = actions.make_paper(by=staff.office, case=finished, kind="file", form="zip", full=True)
    with ZipFile(BytesIO(package.content)) as files:
        names = files.namelist()
        sheet = load_workbook(BytesIO(files.read("备案名单.xlsx"))).active
    assert package.name == "备案报告-七扶办1号.zip"
    assert {f"确认会议纪要/{number}.pdf" for number in (finished.number, second.number)} <= set(names)
    assert not any(third.number in name for name in names)
    rows = list(sheet.iter_rows(values_only=True))
    assert [row[3] for row in rows[1:]] == [finished.household.number, second.household.number]
    assert rows[1][2] == CITIZENS[0]


def test_after_confirmation_the_household_is_that_of_the_day(clock: Clock, staff: Staff, finished: Case) -> None:
    """确认以后家里人口变了，纪要和备案仍写当天的人。"""
    tomorrow = timezone.localdate() + timedelta(days=1)
    Membership.objects.filter(household=finished.household, relation="女儿").update(left_on=tomorrow)
    newcomer = Person.objects.create(name="新来的", home=finished.household)
    Membership.objects.create(household=finished.household, person=newcomer, member_number="H-9", joined_on=tomorrow)
    clock.pass_days(2)
    assert [member.name for member in Dossier.open(finished).members] == list(NAMES)
    unconfirmed = casework.reopen_case(by=staff.cadre, case=_closed(staff, finished), reason="又有困难")
    assert [member.name for member in Dossier.open(unconfirmed).members] == [NAMES[0], "新来的"]


def _closed(staff: Staff, case: Case) -> Case:
    casework.close_case(by=staff.secretary, case=case, cause="moved", reason="迁出")
    return case


def test_a_case_that_is_over_waits_for_nothing(staff: Staff, case: Case, go: Walk) -> None:
    go(case, "assess")
    do(staff, case, "assess", "not_recommended", note="儿子已就业")
    waiting = {entry.kind: entry.waiting for entry in entries(Dossier.open(case))}
    assert waiting["confirm"] == "个案不予认定，没有办到这一步" and waiting["assess"] == ""


@pytest.mark.parametrize(
    ("pieces", "lines"),
    [
        (("关于", "七团", "监测对象", "认定情况的", "备案报告"), ["关于七团监测对象认定情况的备案报告"]),
        (
            ("关于", "七团（演示）", "监测对象", "认定情况的", "备案报告"),
            ["关于七团（演示）监测对象", "认定情况的备案报告"],
        ),
        (
            ("一段没有分开、却比一行还要长得多的标题，只好交给排版",),
            ["一段没有分开、却比一行还要长得多的标题，只好交给排版"],
        ),
    ],
)
def test_a_long_title_is_broken_between_words(pieces: tuple[str, ...], lines: list[str]) -> None:
    paper = Paper(kind="file", title="".join(pieces), number="", day=None, blocks=(), pieces=pieces)
    assert paper.plain()["title_lines"] == lines
    document = Document(BytesIO(docx.render(paper, timezone.now())))
    assert [one.text for one in document.paragraphs if one.style and one.style.name == "公文标题"] == lines


@pytest.mark.parametrize(
    ("head", "style"),
    [
        ("七团扶贫开发领导小组办公室", "发文机关标志"),
        ("第一师阿拉尔市七团扶贫开发领导小组办公室", "发文机关标志（长）"),
    ],
)
def test_the_red_head_is_smaller_where_its_name_is_long(head: str, style: str) -> None:
    paper = Paper(kind="file", title="题", number="七扶办1号", day=None, blocks=(), head=head, signed=head)
    document = Document(BytesIO(docx.render(paper, timezone.now())))
    assert [one.style and one.style.name for one in document.paragraphs if one.text == head] == [style, "署名"]


@pytest.mark.parametrize("rows", range(8, 20))
def test_signature_and_date_never_stand_alone_on_a_page(rows: int) -> None:
    """落款所在的一页有正文：最后一段和附件说明跟着它走。"""
    paper = Paper(
        kind="file", title="题", number="", day=date(2020, 5, 14), signed="七团扶贫开发领导小组办公室",
        blocks=(*(Paragraph(f"第{number}段。") for number in range(rows)), Paragraph("以上资料均已归档备查。")),
        enclosures=("备案名单",),
    )  # fmt: skip
    pages = [page.extract_text() for page in PdfReader(BytesIO(pdf.render(paper, timezone.now()))).pages]
    (page,) = ["".join(page.split()) for page in pages if paper.signed in "".join(page.split())]
    assert "2020年5月14日" in page and "以上资料均已归档备查" in page and "备案名单" in page


def test_amounts_below_nothing_have_a_minus_that_is_never_left_at_the_end_of_a_line() -> None:
    assert money(-2744700) == "−27447元" and money(-50) == "−0.50元" and money(0) == "0元"
    assert minus("家庭纯收入-27447.00元，户编号7T-06，2020-05-14，XJ-2020-1") == (
        "家庭纯收入−27447.00元，户编号7T-06，2020-05-14，XJ-2020-1"
    )


def test_a_question_whether_there_is_any_is_answered_so() -> None:
    field = Field("differences", "比对有无不一致", Kind.YES_NO)
    assert answer(field, {"differences": "no"}) == "无" and room(field) == "□有　□无"
    assert answer(Field("signed", "已签字", Kind.YES_NO), {"signed": "no"}) == "否"
