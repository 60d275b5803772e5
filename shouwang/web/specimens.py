"""Clearly made-up content for the component gallery, chosen to be awkward: long names, long units, empty and many rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from shouwang.policy.clauses import clause
from shouwang.web.forms import FilterForm
from shouwang.web.home import Tile
from shouwang.web.paging import Page
from shouwang.web.tables import Act, Cell, Column, Empty, Row, Table, Tag

LONG_NAME = "样例·阿卜杜热西提·买买提依明江·吐尔逊尼亚孜"
LONG_UNIT = "样例师市样例团社会事务服务中心（退役军人服务站、医疗保障经办点）"
RISKS = (Tag("高", "high"), Tag("中", "middle"), Tag("低", "low"), Tag("未见", "none"))
_NAMES = ("样例甲", LONG_NAME, "样例·古丽巴哈尔", "样例丙", "样例𬀩")
_NOW = datetime(2020, 5, 20, 9, 30)


class WorklistFilter(FilterForm):
    name = forms.CharField(label="户主姓名")
    company = forms.ChoiceField(label="连队", choices=[("", "全部连队"), ("1", "样例一连"), ("2", LONG_UNIT)])
    stage = forms.ChoiceField(label="环节", choices=[("", "全部环节"), ("1", "评估"), ("2", "确认")])
    risk = forms.ChoiceField(label="风险", choices=[("", "全部"), ("high", "▲ 高"), ("middle", "◆ 中")])
    cause = forms.ChoiceField(label="致贫原因", choices=[("", "全部"), ("1", "因病"), ("2", "因灾")])
    due = forms.DateField(label="时限早于", widget=forms.DateInput(attrs={"type": "date"}))


class HardshipForm(forms.Form):
    causes = forms.MultipleChoiceField(
        label="家里遇到了什么困难？", help_text="可以选几样。", widget=forms.CheckboxSelectMultiple,
        choices=[("illness", "家人得了大病、慢病"), ("disability", "家人残疾"), ("job", "没有活干"), ("crop", "庄稼、牲畜受了灾")],
    )  # fmt: skip
    phone = forms.CharField(
        label="联系电话", help_text="我们会打这个电话。", widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    note = forms.CharField(label="还想说的话", required=False, widget=forms.Textarea(attrs={"rows": "3"}))


def _household(index: int) -> Row:
    name, risk = _NAMES[index % len(_NAMES)], RISKS[index % 4]
    late = Tag("超期 2 天", "high") if index % 7 == 3 else None
    return Row(
        [
            Cell(name, note=f"样例-{index + 1:04d}"),
            Cell(LONG_UNIT if index % 5 == 1 else "样例一连"),
            Cell(tag=risk),
            Cell("评估"),
            Cell("近四个季度医疗自付超过上年度收入" if index % 3 == 0 else "人均纯收入低于监测线"),
            Cell(f"{(7999_99 - index * 12_345) / 100:,.2f}"),
            Cell(str(index % 6 + 1)),
            Cell("" if late else "2020年5月27日", tag=late),
        ],
        url="?open",
        value=str(index),
    )


WORKLIST_COLUMNS = [
    Column("户主"), Column("连队"), Column("风险", "short"), Column("环节", "short"), Column("原因"), Column("人均纯收入（元）", "number"),
    Column("人口", "number"), Column("时限", "short"),
]  # fmt: skip


def worklist(rows: int) -> Table:
    page: Page[Any] = Page([], next_url="?after=x" if rows else "", count=rows)
    return Table(
        "样例待办" if rows else "样例待办（没有事）", WORKLIST_COLUMNS, [_household(index) for index in range(rows)], page,
        Empty("没有等您处理的事", "新的线索分派给您后会出现在这里。"), acts=(Act("指派", "?assign"), Act("导出", "?export")),
    )  # fmt: skip


def wide() -> Table:
    quarters = [f"2019年第{n}季度" for n in range(1, 5)] + [f"2020年第{n}季度" for n in range(1, 5)]
    rows = [
        Row([Cell(kind), *(Cell(f"{1234.5 * (n + 1):,.2f}") for n in range(8))])
        for kind in ("工资性收入", "生产经营性收入", "财产性收入", "转移性收入", "生产经营性支出")
    ]
    columns = [Column("类别"), *(Column(f"{quarter}（元）", "number") for quarter in quarters)]
    return Table("样例收支", columns, rows, layout="scroll", compact=True)


def chart() -> dict[str, Any]:
    labels = ["2019年第2季度", "2019年第3季度", "2019年第4季度", "2020年第1季度"]
    income, cost = [900_000, 500_000, 1_600_000, None], [120_000, 310_000, 80_000, 40_000]
    rows = [
        Row([Cell(label), Cell("无数据" if a is None else f"{a / 100:,.2f}"), Cell(f"{b / 100:,.2f}")])
        for label, a, b in zip(labels, income, cost, strict=True)
    ]
    columns = [Column("季度"), Column("纯收入（元）", "number"), Column("医疗自付（元）", "number")]
    series = [{"name": "纯收入", "values": income}, {"name": "医疗自付", "values": cost}]
    return {
        "id": "specimen-chart",
        "title": "样例户每季度收入与医疗自付",
        "note": "没有数据的季度不画，也不当作 0。",
        "drawing": {
            "kind": "bar", "unit": "元", "labels": labels, "series": series, "line": {"value": 800_000, "label": "样例线 8,000.00"}
        },
        "table": Table("图中的数字", columns, rows, compact=True),
    }  # fmt: skip


def stages() -> list[dict[str, str]]:
    return [
        {"label": "线索", "state": "done", "note": "5月12日"},
        {"label": "评估", "state": "done", "note": "5月16日"},
        {"label": "确认", "state": "now", "note": "5月27日前"},
        {"label": "备案", "state": "todo", "note": ""},
        {"label": "帮扶", "state": "todo", "note": ""},
        {"label": "消除", "state": "todo", "note": ""},
    ]


def reasons() -> list[dict[str, Any]]:
    return [
        {
            "title": "因病刚性支出明显超过上年度收入",
            "outcome": "met",
            "sentence": "计算期内医疗自付 66,000.00 元，超过上年度家庭纯收入 60,000.00 元。",
            "clause": "二/二/p1",
            "clause_text": clause("qituan_2020", "二/二/p1").text,
            "figures": [
                {"title": "计算期内医疗自付", "text": "66,000.00 元"},
                {"title": "上年度家庭纯收入", "text": "60,000.00 元"},
                {"title": "比例", "text": "110.00%"},
            ],
            "sources": ["样例医院.xlsx 第118行", "样例台账"],
            "formula": "计算期内医疗自付 > 上年度家庭纯收入 × 判定比例 100%",
        },
        {
            "title": "饮水安全",
            "outcome": "unknown",
            "sentence": "没有饮水情况的记录，不下结论；补上一次走访即可判断。",
            "clause": "二/三/5",
        },
        {"title": "住房安全", "outcome": "not_met", "sentence": "住房鉴定为 B 级。", "clause": "二/三/4"},
    ]


def events() -> list[dict[str, Any]]:
    when = timezone.make_aware(_NOW)
    return [
        {
            "title": "团场入户核查",
            "when": when,
            "who": "样例团办 样例丁",
            "text": "两人到户，与申报一致。",
            "tag": "已完成",
            "tone": "brand",
        },
        {"title": "连队评估并上报", "when": when - timedelta(days=4), "who": f"{LONG_UNIT} {LONG_NAME}", "text": ""},
        {
            "title": "本人申报",
            "when": when - timedelta(days=8),
            "who": "样例甲（委托其女代办）",
            "text": "授权比对，已签字。",
        },
    ]


def facts() -> list[dict[str, str]]:
    return [
        {"label": "户主", "value": LONG_NAME, "url": "?edit", "action": "更正"},
        {"label": "单位", "value": LONG_UNIT},
        {"label": "身份证号", "value": "6529**********2417", "note": "查看完整号码会记入审计"},
        {"label": "人均纯收入", "value": "7,999.99 元", "note": "计算期 2019年第2季度至2020年第1季度"},
    ]


def tiles() -> list[Tile]:
    as_of = timezone.make_aware(_NOW)
    return [
        Tile("样例：需要您处理", "12", "户", "其中 2 户已超期", "?a", as_of),
        Tile("样例：监测对象", "1,234", "户", "4,321 人", "?b", as_of),
        Tile("样例：本月线索", "56", "条", "比上月多 8 条", "?c", as_of),
        Tile("样例：已消除风险", "—", "", "尚无资料", "", as_of),
    ]


def heat() -> dict[str, Any]:
    names = [f"样例{n}连" for n in "一二三四五六七八"] + [LONG_UNIT]
    squares = [
        {
            "name": name,
            "level": index % 5,
            "share": f"{index * 1.3:.1f}%",
            "count": f"{index * 4} 户 {index * 13} 人",
            "url": "?unit",
        }
        for index, name in enumerate(names)
    ]
    return {"squares": squares, "key": ["0%", "2% 以下", "2%–5%", "5%–10%", "10% 以上"]}


def job(done: int, total: int = 4982) -> dict[str, Any]:
    over = done >= total
    sentence = (
        "成功 4,964 行，18 行有问题，可以下载改正。"
        if over
        else "正在核对，可以离开这一页，完成后在“部门文件”里看结果。"
    )
    return {
        "title": "样例医院账单",
        "done": min(done, total),
        "total": total,
        "state": "done" if over else "running",
        "sentence": sentence,
    }
