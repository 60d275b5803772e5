"""What a rule may ask of the as-of date and of the policy in force, worked out before anything is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from shouwang.terms import nodes as n
from shouwang.terms.build import Term
from shouwang.units.errors import ShouwangError
from shouwang.units.periods import Window, last_year, rolling_window, year_before, years_before

# The words a rule uses for them.
AS_OF = Term(n.Moment("as_of", n.Kind.DAY))
YEAR_AGO = Term(n.Moment("year_ago", n.Kind.DAY))
WINDOW_START = Term(n.Moment("window_start", n.Kind.DAY))
WINDOW_END = Term(n.Moment("window_end", n.Kind.DAY))
AS_OF_YEAR = Term(n.Moment("as_of_year", n.Kind.NUMBER))
AS_OF_TEXT = Term(n.Moment("as_of_text", n.Kind.TEXT))
WINDOW_TEXT = Term(n.Moment("window_text", n.Kind.TEXT))
LAST_YEAR_TEXT = Term(n.Moment("last_year_text", n.Kind.TEXT))
YEAR_BEFORE_TEXT = Term(n.Moment("year_before_text", n.Kind.TEXT))
WINDOW_WORDS = Term(n.Moment("window_words", n.Kind.TEXT))
LAST_YEAR_WORDS = Term(n.Moment("last_year_words", n.Kind.TEXT))
YEAR_BEFORE_WORDS = Term(n.Moment("year_before_words", n.Kind.TEXT))
WINDOW = Term(n.Span("W"))
YEAR_BEFORE = Term(n.Span("P"))
LAST_YEAR = Term(n.Span("Y"))


class UnknownName(ShouwangError):
    """A rule names something nobody defined. It is refused, never taken to match every household."""

    code = "RUL-01"
    what = "规则引用了没有定义的“{name}”。"
    why = "引用落空的条件可能让每一户都命中，所以不予运行。"
    do = "请核对参数文件与规则。"


@dataclass(frozen=True)
class Context:
    """The as-of date D, the windows W, P and Y that follow from it, and the parameters in force on it."""

    as_of: date
    parameters: Mapping[str, int]
    rules: Mapping[str, n.Named] = field(default_factory=dict)
    spans: Mapping[str, Window] = field(init=False)
    moments: Mapping[str, n.Scalar] = field(init=False)

    def __post_init__(self) -> None:
        window = rolling_window(self.as_of)
        spans = {"W": window, "P": year_before(window), "Y": last_year(self.as_of)}
        object.__setattr__(self, "spans", spans)
        object.__setattr__(self, "moments", _moments(self.as_of, spans))

    @property
    def quarters_asked(self) -> range:
        """The quarters that any span can ask about, and those between them."""
        spans = self.spans.values()
        return range(min(span.first for span in spans), max(span.last for span in spans) + 1)

    def parameter(self, name: str) -> int:
        if name not in self.parameters:
            raise UnknownName(name=name)
        return self.parameters[name]

    def rule(self, rule_id: str) -> n.Named:
        if rule_id not in self.rules:
            raise UnknownName(name=rule_id)
        return self.rules[rule_id]

    def moment(self, name: str) -> n.Scalar:
        if name not in self.moments:
            raise UnknownName(name=name)
        return self.moments[name]

    def span(self, name: str) -> Window:
        if name not in self.spans:
            raise UnknownName(name=name)
        return self.spans[name]


def _moments(as_of: date, spans: Mapping[str, Window]) -> dict[str, n.Scalar]:
    return {
        "as_of": as_of,
        "year_ago": years_before(as_of, 1),
        "window_start": spans["W"].starts,
        "window_end": spans["W"].ends,
        "as_of_year": as_of.year,
        "as_of_text": as_of.isoformat(),
        "window_text": str(spans["W"]),
        "last_year_text": str(as_of.year - 1),
        "year_before_text": str(spans["P"]),
        "window_words": spans["W"].words(),
        "last_year_words": spans["Y"].words(),
        "year_before_words": spans["P"].words(),
    }
