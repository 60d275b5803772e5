"""Reader 2: how is a term said in Chinese? A figure or a rule as the formula a cadre checks with a pencil.

Figures and rules are called by their titles, parameters by their label (with their value when a Context is given),
tables and columns by their Chinese headers. Words come from the policy; what has none is refused, never skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shouwang.terms import nodes as n
from shouwang.terms.context import Context, UnknownName
from shouwang.terms.tables import MEMBERS

#: How tightly a phrase holds together; a looser phrase inside a tighter one is put in brackets.
SENTENCE, EITHER, BOTH, COMPARED, SUM, PRODUCT, WORD = range(7)

_SIGNS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "==": "="}
_OF_DAYS = {"<": "早于", "<=": "不晚于", ">": "晚于", ">=": "不早于", "==": "即"}
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_ARITHMETIC = {"+": ("+", SUM), "-": ("－", SUM), "*": ("×", PRODUCT)}
#: Spans and moments worked out from the as-of date.
_TIMES = {
    **{"W": "计算期", "P": "上年同期", "Y": "上年度"},
    **{"window_text": "计算期的起止季度", "window_words": "计算期的起止季度"},
    **{"year_before_text": "上年同期的起止季度", "year_before_words": "上年同期的起止季度"},
    **{"last_year_text": "上年度的年份", "last_year_words": "上年度的年份"},
    **{"as_of": "截至日", "as_of_text": "截至日", "as_of_year": "截至日所在年度", "year_ago": "一年前的同日"},
    **{"window_start": "计算期首日", "window_end": "计算期末日"},
}


@dataclass(frozen=True)
class Words:
    """What a policy calls its figures, parameters and rules, and the texts that stand for outcomes."""

    #: Name of a figure's term -> its title; rule id -> its title; parameter -> its label.
    figures: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    #: A parameter's held value as a sentence says it.
    amount: Callable[[str, int], str] = lambda name, held: str(held)
    #: Constant texts -> words, as `met` -> 命中.
    constants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words, and how tightly they hold together."""

    text: str
    hold: int = WORD

    def within(self, hold: int) -> str:
        """These words inside a phrase that holds so tightly."""
        return self.text if self.hold >= hold else f"（{self.text}）"


class Renderer:
    """Says terms in the words of one policy."""

    def __init__(self, words: Words, context: Context | None = None) -> None:
        self.words = words
        self.context = context

    def formula(self, node: n.Node) -> str:
        """How a term is worked out. A named term is opened once; the named terms inside it are called by title."""
        return self.say(node.term if isinstance(node, n.Named) else node).text

    def say(self, node: n.Node) -> Phrase:
        """A term as it stands inside another. Raises TermError for a node nobody taught this reader."""
        n.require(type(node) in _READERS, f"render has no words for {type(node).__name__}")
        return _READERS[type(node)](self, node)

    def inside(self, node: n.Node, hold: int = SUM) -> str:
        return self.say(node).within(hold)

    # ---- leaves

    def value(self, node: n.Value) -> Phrase:
        return Phrase(self.constant(node.value))

    def constant(self, value: n.Scalar) -> str:
        if isinstance(value, bool):
            return "是" if value else "否"
        if value is None:
            return n.UNKNOWN_WORDS
        text = str(value)
        return self.words.constants.get(text, text) or "空白"

    def parameter(self, node: n.Parameter) -> Phrase:
        label = _known(self.words.parameters, node.name)
        if self.context is None:
            return Phrase(label)
        return Phrase(f"{label}（{self.words.amount(node.name, self.context.parameter(node.name))}）")

    def time(self, node: n.Moment | n.Span) -> Phrase:
        return Phrase(_known(_TIMES, node.name))

    def outcome_of(self, node: n.OutcomeOf) -> Phrase:
        return Phrase(f"“{_known(self.words.rules, node.rule)}”的结论")

    def field(self, node: n.Field) -> Phrase:
        return Phrase(node.table.column(node.name).header)

    def named(self, node: n.Named) -> Phrase:
        return Phrase(_known(self.words.figures, node.name))

    # ---- from rows to one value

    def rows(self, node: n.Aggregate) -> str:
        """`收支台账〔类别为工资性收入，且季度在计算期内〕`."""
        if isinstance(node.where, n.Value) and node.where.value is True:
            return node.table.title
        return f"{node.table.title}〔{self.say(node.where).text}〕"

    def total(self, node: n.Total) -> Phrase:
        # A sum over members of a sum over their rows: 之和 of 合计.
        word = "之和" if isinstance(node.value, n.Aggregate) else "合计"
        return Phrase(f"{self.rows(node)}的{self.inside(node.value, WORD)}{word}")

    def count(self, node: n.Count) -> Phrase:
        return Phrase(f"{self.rows(node)}的{'人数' if node.table is MEMBERS else '笔数'}")

    def quarters(self, node: n.QuartersSeen) -> Phrase:
        return Phrase(f"有{self.rows(node)}的季度")

    def latest(self, node: n.Latest) -> Phrase:
        value, by = self.inside(node.value, WORD), self.inside(node.by, WORD)
        return Phrase(f"{self.rows(node)}中{by}最近一条的{value}（同日的以{node.preferred}为准）")

    # ---- truths

    def compare(self, node: n.Compare) -> Phrase:
        return self._compared(node, node.op)

    def _compared(self, node: n.Compare, op: str) -> Phrase:
        match node.left, op, node.right:
            case n.Count() as counted, ">" | "<=", n.Value(value=0):
                return Phrase(("有" if op == ">" else "没有") + self.rows(counted), COMPARED)
        left, right = self.inside(node.left), self.inside(node.right)
        if node.left.kind is n.Kind.DAY:
            return Phrase(f"{left}{_OF_DAYS[op]}{right}", COMPARED)
        if node.left.kind in (n.Kind.TEXT, n.Kind.TRUTH):
            return Phrase(f"{left}为{right}", COMPARED)
        return Phrase(f"{left} {_SIGNS[op]} {right}", COMPARED)

    def is_in(self, node: n.IsIn) -> Phrase:
        return Phrase(f"{self.inside(node.term)}为{self._listed(node.term, node.values)}", COMPARED)

    def _listed(self, term: n.Node, values: tuple[str, ...]) -> str:
        """Values as their column writes them in Chinese."""
        written = {
            stored: shown
            for part in n.walk(term)
            if isinstance(part, n.Field)
            for shown, stored in reversed(part.table.column(part.name).choices.items())
        }
        shown = [written.get(value, self.constant(value)) for value in values]
        return "或".join(shown) if len(shown) < 3 else f"{'、'.join(shown)}之一"

    def starts_with(self, node: n.StartsWith) -> Phrase:
        return Phrase(f"{self.inside(node.term)}以{'、'.join(node.prefixes)}开头", COMPARED)

    def is_known(self, node: n.IsKnown) -> Phrase:
        return Phrase(self.inside(node.term) + ("已填" if isinstance(node.term, n.Field) else "已知"), COMPARED)

    def within(self, node: n.Within) -> Phrase:
        return Phrase(f"{self.inside(node.quarter)}在{self.say(node.span).text}内", COMPARED)

    def covered(self, node: n.Covered) -> Phrase:
        have = self.rows(node.quarters) if isinstance(node.quarters, n.QuartersSeen) else self.inside(node.quarters)
        return Phrase(f"{self.say(node.span).text}的每个季度都有{have}", COMPARED)

    def age_at_least(self, node: n.AgeAtLeast) -> Phrase:
        return self._age(node, "已满")

    def _age(self, node: n.AgeAtLeast, word: str) -> Phrase:
        return Phrase(f"按{self.inside(node.birth)}截至日{word}{self.inside(node.years, PRODUCT)}", COMPARED)

    def both(self, node: n.Both) -> Phrase:
        parts = [part for part in (node.left, node.right) if not _is(part, True)]
        return self.say(parts[0]) if len(parts) == 1 else Phrase(self._linked(parts, "且", BOTH), BOTH)

    def either(self, node: n.Either) -> Phrase:
        parts = [part for part in (node.left, node.right) if not _is(part, False)]
        return self.say(parts[0]) if len(parts) == 1 else Phrase(self._linked(parts, "或", EITHER), EITHER)

    def _linked(self, parts: list[n.Node], word: str, hold: int) -> str:
        return f"，{word}".join(self.inside(part, hold) for part in parts) or "是"

    def negated(self, node: n.Negated) -> Phrase:
        match node.term:
            case n.Compare() as inner if inner.op in _OPPOSITE:
                return self._compared(inner, _OPPOSITE[inner.op])
            case n.IsKnown() as inner:
                return Phrase(
                    self.inside(inner.term) + ("未填" if isinstance(inner.term, n.Field) else "不明"), COMPARED
                )
            case n.AgeAtLeast() as inner:
                return self._age(inner, "未满")
            case inner:
                return Phrase(f"并非{self.inside(inner, WORD)}", COMPARED)

    # ---- numbers, texts and choices

    def arithmetic(self, node: n.Arithmetic) -> Phrase:
        sign, hold = _ARITHMETIC[node.op]
        # The right side of a difference is bracketed when it is a sum itself.
        right = self.inside(node.right, PRODUCT if node.op == "-" else hold)
        return Phrase(f"{self.inside(node.left, hold)} {sign} {right}", hold)

    def scaled(self, node: n.Scaled) -> Phrase:
        return self.say(node.term)

    def share_of(self, node: n.ShareOf) -> Phrase:
        return Phrase(f"{self.inside(node.ratio, PRODUCT)} × {self.inside(node.term, PRODUCT)}", PRODUCT)

    def per(self, node: n.Per) -> Phrase:
        return Phrase(f"{self.inside(node.term, PRODUCT)} ÷ {self.inside(node.by, WORD)}，向下取整", BOTH)

    def larger(self, node: n.Larger) -> Phrase:
        return Phrase(f"{self.inside(node.left)}与{self.inside(node.right)}中较大的", COMPARED)

    def only_if(self, node: n.OnlyIf) -> Phrase:
        return Phrase(f"{self.inside(node.term)}；只在{self.inside(node.condition, BOTH)}时算出，否则不明", SENTENCE)

    def first_known(self, node: n.FirstKnown) -> Phrase:
        return Phrase(f"{self.inside(node.first, SENTENCE)}；不明时为{self.inside(node.second)}", SENTENCE)

    def choose(self, node: n.Choose) -> Phrase:
        cases = [f"若{self.inside(when, EITHER)}，则为{self.inside(value)}" for when, value in node.cases]
        return Phrase("；".join([*cases, f"否则为{self.inside(node.otherwise)}"]), SENTENCE)

    def joined(self, node: n.Joined) -> Phrase:
        parts = [f"{self.constant(text)}（若{self.say(when).text}）" for when, text in node.parts]
        return Phrase("依次列出：" + "、".join(parts), SENTENCE)

    def missing_quarters(self, node: n.MissingQuarters) -> Phrase:
        have = self.rows(node.quarters) if isinstance(node.quarters, n.QuartersSeen) else self.inside(node.quarters)
        return Phrase(f"{self.say(node.span).text}中没有{have}的季度")

    def spelled(self, node: n.Hundredths | n.Digits | n.Json) -> Phrase:
        return self.say(node.term)

    def text(self, node: n.Text) -> Phrase:
        said = (str(part.value) if isinstance(part, n.Value) else f"〔{self.say(part).text}〕" for part in node.parts)
        return Phrase(f"“{''.join(said)}”")


def _is(node: n.Node, truth: bool) -> bool:
    return isinstance(node, n.Value) and node.value is truth


def _known(words: Mapping[str, str], name: str) -> str:
    if name not in words:
        raise UnknownName(name=name)
    return words[name]


_READERS: dict[type[n.Node], Callable[[Renderer, Any], Phrase]] = {
    n.Value: Renderer.value,
    n.Parameter: Renderer.parameter,
    n.Moment: Renderer.time,
    n.Span: Renderer.time,
    n.OutcomeOf: Renderer.outcome_of,
    n.Field: Renderer.field,
    n.Total: Renderer.total,
    n.Count: Renderer.count,
    n.QuartersSeen: Renderer.quarters,
    n.Latest: Renderer.latest,
    n.Compare: Renderer.compare,
    n.IsIn: Renderer.is_in,
    n.StartsWith: Renderer.starts_with,
    n.IsKnown: Renderer.is_known,
    n.Within: Renderer.within,
    n.Covered: Renderer.covered,
    n.AgeAtLeast: Renderer.age_at_least,
    n.Both: Renderer.both,
    n.Either: Renderer.either,
    n.Negated: Renderer.negated,
    n.Arithmetic: Renderer.arithmetic,
    n.Scaled: Renderer.scaled,
    n.ShareOf: Renderer.share_of,
    n.Per: Renderer.per,
    n.Larger: Renderer.larger,
    n.OnlyIf: Renderer.only_if,
    n.FirstKnown: Renderer.first_known,
    n.Choose: Renderer.choose,
    n.Joined: Renderer.joined,
    n.MissingQuarters: Renderer.missing_quarters,
    n.Hundredths: Renderer.spelled,
    n.Digits: Renderer.spelled,
    n.Json: Renderer.spelled,
    n.Text: Renderer.text,
    n.Named: Renderer.named,
}
