"""Fonts and templates: what a machine lacks is said, an office's own template is used or refused by name, code stays inside."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from docx import Document

from shouwang.casework.models import Case
from shouwang.documents import actions, docx, fonts
from shouwang.documents.errors import FontsMissing, TemplateBroken
from shouwang.documents.layouts.make_docx import write
from tests.casework.conftest import Staff
from tests.documents.conftest import NAMES, text_of_docx, text_of_pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(settings: Any, tmp_path: Path) -> Path:
    settings.SHOUWANG_HOME = tmp_path
    return tmp_path


def own_template(home: Path, name: str, *paragraphs: str) -> Path:
    folder = home / "templates"
    folder.mkdir(exist_ok=True)
    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(str(folder / f"{name}.docx"))
    return folder / f"{name}.docx"


def application(staff: Staff, case: Case, form: str = "docx") -> bytes:
    return actions.make_paper(by=staff.office, case=case, kind="declare", form=form).content


def test_the_committed_templates_are_those_the_script_makes(tmp_path: Path) -> None:
    write(tmp_path)
    for name in ("paper.docx", "letter.docx"):
        assert (tmp_path / name).read_bytes() == (docx.LAYOUTS / name).read_bytes(), f"请执行 make_docx：{name}"


def test_an_office_may_use_its_own_template(staff: Staff, case: Case, home: Path) -> None:
    """按名取值，也可以按块循环；只换这一种文书，其余照旧。"""
    own_template(home, "declare", "本团自己的申请书", '{{ paper.named["户主"] }}同志', "{{ paper.title }}")
    assert text_of_docx(application(staff, case)).startswith(
        f"本团自己的申请书\n{NAMES[0]}同志\n防止返贫监测对象申请及承诺授权书"
    )
    own_template(home, "paper", "全部文书都用这个：{{ paper.title }}")
    assert "本团自己的申请书" in text_of_docx(application(staff, case))
    (home / "templates" / "declare.docx").unlink()
    assert "全部文书都用这个" in text_of_docx(application(staff, case))


@pytest.mark.parametrize(
    "attempt",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ paper.__init__.__globals__ }}",
        "{{ paper.blocks.append(1) }}",
        "{{ self.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ lipsum.__globals__['os'].environ }}",
        "{% for i in range(99999999) %}x{% endfor %}",
        "{% include '/etc/passwd' %}",
        "{{ paper.没有这一项 }}",
        "{{ settings.SECRET_KEY }}",
        "{% if %}",
        "{{ paper.named['没有'] }}",
    ],
)
def test_code_in_a_template_stays_inside(staff: Staff, case: Case, home: Path, attempt: str) -> None:
    """模板里写了不该写的：不执行，不生成，说明是哪个文件。"""
    path = own_template(home, "declare", attempt)
    with pytest.raises(TemplateBroken) as refused:
        application(staff, case)
    assert str(path) in str(refused.value) and "DOC-05" in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x05\x06" + b"\0" * 18])
def test_a_broken_template_is_named_and_ours_is_not_taken_instead(
    staff: Staff, case: Case, home: Path, content: bytes
) -> None:
    own_template(home, "declare", "x").write_bytes(content)
    with pytest.raises(TemplateBroken, match="declare.docx"):
        application(staff, case)


def test_without_chinese_fonts_nothing_is_set(
    staff: Staff, case: Case, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """没有中文字体：不出一页方框，说明装什么、放哪里；docx 不受影响。"""

    class Nothing:
        def families(self) -> list[str]:
            return ["DejaVu Sans"]

    monkeypatch.setattr(fonts, "_search", lambda folder, stamp: Nothing())
    with pytest.raises(FontsMissing) as missing:
        application(staff, case, "pdf")
    assert "fonts-noto-cjk" in str(missing.value) and str(home / "fonts") in str(missing.value)
    assert NAMES[0] in text_of_docx(application(staff, case))


def test_without_the_standard_fonts_it_is_marked(staff: Staff, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """字体不是公文规定的，页脚写明参考件；有规定的字体就不写。"""
    here = fonts.font_set()
    if here.standard:
        pytest.skip("这台机器有公文规定的字体")
    assert "参考件" in text_of_pdf(application(staff, case, "pdf"))
    body, title = here.families["body"], here.families["title"]
    monkeypatch.setitem(fonts.STANDARD, "body", (body,))
    monkeypatch.setitem(fonts.STANDARD, "title", (title,))
    assert "参考件" not in text_of_pdf(application(staff, case, "pdf"))


def test_a_font_put_into_the_folder_is_found(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """字体文件放进 fonts 文件夹，不用重启就能用上。"""
    seen: list[tuple[Path, tuple[Any, ...]]] = []
    real = fonts._search
    monkeypatch.setattr(fonts, "_search", lambda folder, stamp: (seen.append((folder, stamp)), real(folder, ()))[1])
    fonts.font_set()
    (home / "fonts").mkdir()
    (home / "fonts" / "FZXBSJW.ttf").write_bytes(b"font")
    fonts.font_set()
    assert [bool(stamp) for _, stamp in seen] == [False, True]
    assert {folder for folder, _ in seen} == {Path(django_settings.SHOUWANG_HOME) / "fonts"}


def test_a_template_may_loop_over_blocks(staff: Staff, case: Case, home: Path) -> None:
    own_template(
        home, "declare", "{%p for block in paper.blocks %}", '{%p if block.kind == "heading" %}', "〔{{ block.text }}〕",
        "{%p endif %}", "{%p endfor %}",
    )  # fmt: skip
    told = [p.text for p in Document(BytesIO(application(staff, case))).paragraphs]
    assert told == ["〔一、家庭成员〕", "〔二、申报情况〕", "〔三、承诺和授权〕"]
