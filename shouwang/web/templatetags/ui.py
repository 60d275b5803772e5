"""How values are written for people: money, quarters, dates, masked numbers, clauses, counts of households and people."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from shouwang.policy.clauses import UnknownClause, clause
from shouwang.units import identity, money, periods
from shouwang.web import table_rows
from shouwang.web.nav import address_of
from shouwang.web.tables import Table, Tag

register = template.Library()
NOT_KNOWN = "—"
TONES = {"met": "high", "suspected": "middle", "not_met": "none", "unknown": "plain"}
OUTCOMES = {"met": "命中", "suspected": "疑似", "not_met": "不命中", "unknown": "资料不足"}


@register.filter
def yuan(fen: int | None) -> str:
    """Fen as `12,345.67 元`; nothing known is a dash, never 0."""
    return NOT_KNOWN if fen is None else f"{amount(fen)} 元"


@register.filter
def amount(fen: int | None) -> str:
    """Fen as `12,345.67`, for columns whose heading says the unit."""
    if fen is None:
        return NOT_KNOWN
    whole, _, cents = money.yuan(abs(fen)).partition(".")
    return f"{'-' if fen < 0 else ''}{int(whole):,}.{cents}"


_LONG_AMOUNT = re.compile(r"(?<![\d,.])\d{4,}(?=(?:\.\d+)? ?元)")
_PERIOD = re.compile(r"(\d{4})Q([1-4])")


@register.filter
def grouped(text: str) -> str:
    """`21600.10元` in a sentence as `21,600.10元`, for the eye only: what is recorded and compared stays as it was written."""
    return _LONG_AMOUNT.sub(lambda found: f"{int(found[0]):,}", text)


@register.filter
def period_words(text: str) -> str:
    """`2019Q2-2020Q1` as `2019年第2季度至2020年第1季度`, `2019` as `2019年`."""
    if text.isdecimal():
        return f"{text}年"
    return _PERIOD.sub(r"\1年第\2季度", text).replace("-", "至")


@register.filter
def route_number(code: str) -> str:
    """The two ways into the list, as the rule book counts them: A is 一, B is 二."""
    return code.translate({ord("A"): "一", ord("B"): "二"})


@register.filter
def count(number: int | None) -> str:
    """`12,345`."""
    return NOT_KNOWN if number is None else f"{number:,}"


@register.filter
def quarter(value: int | str | None) -> str:
    """A quarter index or `2020Q2` as `2020年第2季度`."""
    if value is None or value == "":
        return NOT_KNOWN
    index = periods.read_quarter(value).value if isinstance(value, str) else value
    return str(value) if index is None else periods.quarter_words(index)


@register.filter
def masked(number: str | None) -> str:
    """A citizen number as `6529**********2417`."""
    return identity.mask(number) if number else NOT_KNOWN


@register.filter
def masked_phone(number: str | None) -> str:
    """`138****5678`; a short number keeps only its last two digits."""
    if not number:
        return NOT_KNOWN
    return f"{number[:3]}****{number[-4:]}" if len(number) >= 11 else "*" * max(len(number) - 2, 0) + number[-2:]


@register.filter
def day(value: date | datetime | None) -> str:
    """`2020年5月14日`."""
    if value is None:
        return NOT_KNOWN
    value = timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value
    return f"{value.year}年{value.month}月{value.day}日"


@register.filter
def moment(value: datetime | str | None) -> str:
    """`2020年5月14日 09:30`, local time."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if value else None
    if value is None:
        return NOT_KNOWN
    value = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{day(value)} {value:%H:%M}"


@register.simple_tag
def households_people(households: int | None, people: int | None) -> str:
    """`12 户 48 人`: neither is ever said without the other."""
    return f"{count(households)} 户 {count(people)} 人"


@register.filter
def tone(outcome: Any) -> str:
    """The colour of an outcome: the software says what meets a rule, it does not decide."""
    return TONES.get(getattr(outcome, "value", outcome), "plain")


@register.filter
def outcome_words(outcome: Any) -> str:
    return OUTCOMES.get(getattr(outcome, "value", outcome), str(outcome))


@register.simple_tag
def tag(text: str, tone: str = "") -> SafeString:
    """A word with a tone, its risk also as a shape: ▲ 高, ◆ 中, ■ 低, ● 未见."""
    return table_rows.tag_markup(Tag(text, tone or "plain"))


@register.simple_tag
def table_body(table: Table) -> SafeString:
    """Every row of a table."""
    return table_rows.body(table)


@register.filter
def clause_words(clause_id: str) -> str:
    """`二/五/1` as `二（五）1`, `二/二/p1` as `二（二）第1段`."""
    first, *rest = clause_id.split("/")
    parts = [
        f"第{part[1:]}段" if part.startswith("p") else part if part.isdecimal() else f"（{part}）" for part in rest
    ]
    return "".join((first, *parts))


@register.simple_tag
def clause_link(clause_id: str, policy: str = "qituan_2020") -> SafeString | str:
    """`二（五）1`, leading to the rule book where that page exists; its text in the title."""
    try:
        words = clause(policy, clause_id).text
    except UnknownClause:
        return clause_words(clause_id)
    address = address_of("web:clause", policy, clause_id)
    if not address:
        return format_html('<span title="{}">{}</span>', words, clause_words(clause_id))
    return format_html('<a href="{}" title="{}">{}</a>', address, words, clause_words(clause_id))


@register.simple_tag
def page_url(name: str, *args: Any) -> str:
    """The address of a page, empty while nobody has built it."""
    return address_of(name, *args)


@register.filter
def banner_kind(level_tag: str) -> str:
    """Django's message levels in the banner's words."""
    return {"success": "good", "warning": "warn", "error": "grave"}.get(level_tag, "info")
