"""Make the docx templates anew: `python -m shouwang.documents.layouts.make_docx`. Both are committed; a test compares.

Styles bear Chinese names and the fonts of GB/T 9704, so that somebody who opens a template in WPS finds 公文标题 and 正文 and
not formatting by hand.
"""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from shouwang.documents.docx import LAYOUTS, same_bytes
from shouwang.documents.paper import UNITS

TITLE, BODY, STRONG, LATIN = "方正小标宋简体", "仿宋_GB2312", "黑体", "Times New Roman"
RED = RGBColor(0xD7, 0x00, 0x0F)
#: 156 mm of text, in twentieths of a point.
_WIDTH = 8844
_MADE = datetime(2020, 5, 14)
CENTER, RIGHT, LEFT, BOTH = (
    WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.JUSTIFY,
)  # fmt: skip


def template(*, large: bool) -> bytes:
    """One template: a page, styles, and loops over the blocks of a paper."""
    document = Document()
    for paragraph in list(document.element.body.iterchildren(qn("w:p"))):
        document.element.body.remove(paragraph)
    document.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}").set(qn("w:eastAsia"), "zh-CN")
    _page(document)
    _styles(document, 18 if large else 16, 33 if large else 28, 14 if large else 12)
    for style, text in _words(large):
        if style == "表格":
            document.element.body.insert(len(document.element.body) - 1, parse_xml(_table()))
        else:
            document.add_paragraph(text, style=style)
    related = document.part.package.rels
    for key in [key for key, one in related.items() if one.reltype.endswith("/thumbnail")]:
        del related[key]  # a picture of python-docx's own template
    about = document.core_properties
    about.title, about.author, about.comments, about.last_modified_by = "{{ paper.title }}", "", "", ""
    about.created = about.modified = _MADE
    out = BytesIO()
    document.save(out)
    return same_bytes(out.getvalue())


def _words(large: bool) -> list[tuple[str, str]]:
    """Style and text of each paragraph; `{%p … %}` paragraphs vanish when the template is filled in."""
    head = [
        ("文书正文", '{%p if paper.head != "" %}'), ("文书正文", "{%p if paper.head|length > 14 %}"),
        ("发文机关标志（长）", "{{ paper.head }}"), ("文书正文", "{%p else %}"), ("发文机关标志", "{{ paper.head }}"),
        ("文书正文", "{%p endif %}"), ("发文字号", "{{ paper.number }}"),
        ("文书正文", "{%p endif %}"),
    ]  # fmt: skip
    top = [
        ("文书正文", "{%p for line in paper.title_lines %}"), ("公文标题", "{{ line }}"), ("文书正文", "{%p endfor %}"),
        ("文书正文", '{%p if paper.head == "" and paper.number != "" %}'),
        ("文书编号", "{{ paper.number }}"), ("文书正文", "{%p endif %}"), ("文书正文", '{%p if paper.addressee != "" %}'),
        ("主送", "{{ paper.addressee }}："), ("文书正文", "{%p endif %}"),
    ]  # fmt: skip
    body = [
        ("文书正文", "{%p for block in paper.blocks %}"),
        ("文书正文", '{%p if block.kind == "heading" %}'), ("一级标题", "{{ block.text }}"),
        ("文书正文", '{%p elif block.kind == "paragraph" and loop.last and paper.signed != "" %}'),
        ("正文末段", "{{ block.text }}"),
        ("文书正文", '{%p elif block.kind == "paragraph" %}'), ("文书正文", "{{ block.text }}"),
        ("文书正文", '{%p elif block.kind == "note" %}'), ("说明", "{{ block.text }}"),
        ("文书正文", '{%p elif block.kind == "lines" %}'), ("文书正文", "{%p for line in block.lines %}"),
        ("填写行", "{{ line }}"), ("文书正文", "{%p endfor %}"),
        ("文书正文", "{%p else %}"), ("表前", ""), ("表格", ""), ("表后", ""),
        ("文书正文", "{%p endif %}"), ("文书正文", "{%p endfor %}"),
    ]  # fmt: skip
    end = [
        ("文书正文", "{%p for name in paper.enclosures %}"),
        ("附件说明", '{% if loop.first %}附件：{% else %}　　　{% endif %}{{ loop.index }}．{{ name }}'),
        ("文书正文", "{%p endfor %}"), ("文书正文", '{%p if paper.signed != "" %}'), ("署名", "{{ paper.signed }}"),
        ("成文日期", "{{ paper.day }}"), ("文书正文", "{%p endif %}"),
    ]  # fmt: skip
    return [*([] if large else head), *top, *body, *end]


def _table() -> str:
    """A table of UNITS columns; a cell takes as many as it spans. Label cells are centred and in 黑体.

    The row of headings is repeated on the next page.
    """
    grid = f'<w:gridCol w:w="{_WIDTH // UNITS}"/>' * UNITS
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    cell = (
        "<w:tc><w:tcPr><w:tcW w:w=\"0\" w:type=\"auto\"/><w:vAlign w:val=\"center\"/></w:tcPr>"
        + _p("表文", "{% colspan cell.span %}{%p if cell.head %}") + _p("表头", "{{ cell.text }}")
        + _p("表文", "{%p else %}") + _p("表文", "{{ cell.text }}") + _p("表文", "{%p endif %}") + "</w:tc>"
    )  # fmt: skip
    cells = _tc("{%tc for cell in row %}") + cell + _tc("{%tc endfor %}")
    first = f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{cells}</w:tr>"
    other = f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>"
    said = ("for row in block.rows", "if loop.first and block.headed", "else", "endif", "endfor")
    each, if_first, otherwise, end_if, end = (f"<w:tr>{_tc('{%tr ' + words + ' %}')}</w:tr>" for words in said)
    return (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{_WIDTH}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>{borders}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="80" w:type="dxa"/><w:right w:w="80" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>"
        f"{each}{if_first}{first}{otherwise}{other}{end_if}{end}</w:tbl>"
    )


def _tc(text: str) -> str:
    return f'<w:tc><w:tcPr><w:tcW w:w="0" w:type="auto"/></w:tcPr>{_p("表文", text)}</w:tc>'


def _p(style: str, text: str) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def _page(document: Any) -> None:
    """A4, the margins of the standard, page numbers outside between dashes, and the footnote under them."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = (
        Mm(37),
        Mm(35),
        Mm(28),
        Mm(26),
    )
    section.footer_distance = Mm(22)
    document.settings.odd_and_even_pages_header_footer = True
    for footer, align in ((section.footer, RIGHT), (section.even_page_footer, LEFT)):
        number = footer.paragraphs[0]
        number.alignment, number.style = align, _style(document, "页码", LATIN, 14, None)
        number.add_run("— ")
        number._p.append(
            parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>')
        )
        number.add_run(" —")
        note = footer.add_paragraph(
            "{{ paper.footnote }}", style=_style(document, "页脚说明", BODY, 9, None, align=CENTER)
        )
        note.paragraph_format.space_before = Pt(4)


def _styles(document: Any, size: float, pitch: float, small: float) -> None:
    large = size > 16
    _style(document, "发文机关标志", TITLE, 30, None, align=CENTER, color=RED, before=30, after=20)
    _style(document, "发文机关标志（长）", TITLE, 24, None, align=CENTER, color=RED, before=30, after=20)
    number = _style(document, "发文字号", BODY, size, pitch, align=CENTER, after=20)
    line = f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="12" w:space="6" w:color="D7000F"/></w:pBdr>'
    number.element.get_or_add_pPr().insert(0, parse_xml(line))  # the schema wants it before spacing and alignment
    _style(document, "公文标题", TITLE, 26 if large else 22, 36, align=CENTER)
    _style(document, "文书编号", BODY, small, 22, align=CENTER, after=8)
    _style(document, "主送", BODY, size, pitch)
    _style(document, "文书正文", BODY, size, pitch, align=BOTH, indent=2)
    _style(document, "正文末段", BODY, size, pitch, align=BOTH, indent=2)
    _style(document, "一级标题", STRONG, size, pitch, indent=2, before=4)
    _style(document, "说明", BODY, 10.5, 16, before=4)
    _style(document, "填写行", BODY, size, pitch + 6)
    _style(document, "表头", STRONG, small, small + 5, align=CENTER, before=3, after=3)
    _style(document, "表文", BODY, small, small + 5, before=3, after=3)
    _style(document, "表前", BODY, 4, 6)
    _style(document, "表后", BODY, 4, 8)
    _style(document, "附件说明", BODY, size, pitch, indent=2)
    for name in ("署名", "成文日期"):
        style = _style(document, name, BODY, size, pitch, align=RIGHT, before=pitch if name == "署名" else 0)
        style.paragraph_format.right_indent = Pt(size * (1 if large else 2 if name == "署名" else 4))
    # The date never stands alone on a page, nor does a heading at the foot of one.
    for name in ("一级标题", "表前", "正文末段", "附件说明", "署名"):
        document.styles[name].paragraph_format.keep_with_next = True


def _style(
    document: Any, name: str, font: str, size: float, pitch: float | None, *, align: Any = LEFT, color: Any = None,
    indent: int = 0, before: float = 0, after: float = 0,
) -> Any:  # fmt: skip
    """A paragraph style by its Chinese name, made once. `indent` is in characters."""
    if name in [style.name for style in document.styles]:
        return document.styles[name]
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.element.set(qn("w:styleId"), name)
    style.font.size, style.font.name = Pt(size), LATIN
    if color is not None:
        style.font.color.rgb = color
    style.element.rPr.rFonts.set(qn("w:eastAsia"), font)
    shape = style.paragraph_format
    shape.alignment, shape.space_before, shape.space_after = align, Pt(before), Pt(after)
    shape.first_line_indent = Pt(size * indent)
    if pitch is not None:
        shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(pitch)
    return style


def write(folder: Path = LAYOUTS) -> None:
    """Both templates into a folder."""
    for name, large in (("paper", False), ("letter", True)):
        (folder / f"{name}.docx").write_bytes(template(large=large))


if __name__ == "__main__":
    write()
