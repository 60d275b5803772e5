"""What does an unknown rule wait for, and which answer would decide it which way?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from shouwang.policy.forms import UNKNOWN, Figure, Measure, Outcome
from shouwang.screening.blanks import Blank, RuleBlanks, possible
from shouwang.screening.levers import Trial
from shouwang.screening.reasons import Missing, Pending, Scale, Turn
from shouwang.screening.telling import quarter_texts, turn_texts
from shouwang.screening.tracing import RuleProbe, bands
from shouwang.terms import nodes as n
from shouwang.terms.evaluate import Evaluator, Facts, Seen
from shouwang.terms.reach import spans_named
from shouwang.terms.tables import Type
from shouwang.units.periods import years_before

#: Other sets of facts that would do as well are looked for until there are so many.
_WAYS = 3
#: More answers than a sentence should list.
_MANY = 6
Way = list[Blank]


class RulePending:
    """Finds what one rule waits for."""

    def __init__(self, blanks: RuleBlanks, evaluator: Evaluator, probe: RuleProbe, figures: Sequence[Figure]) -> None:
        self.blanks, self.evaluator, self.probe = blanks, evaluator, probe
        self.context = evaluator.context
        named = {node.name for node in probe.nodes if isinstance(node, n.Named)}
        self.figures = [figure for figure in figures if figure.measure is Measure.YUAN and figure.node.name in named]
        self.spans = [self.context.span(name) for name in spans_named(probe.nodes)]
        self.ages = sorted({self._years(node) for node in probe.nodes if isinstance(node, n.AgeAtLeast)})

    def pending(self, facts: Facts) -> Pending:
        """What the rule, unknown for this household, waits for."""
        ways = self._ways(facts)
        shown = tuple(tuple(Missing(blank.key, blank.title) for blank in way) for way in ways)
        first = ways[0] if ways else []
        if first and all(blank.key[0] == "quarter" for blank in first):
            return self._quarters(facts, first, Pending(shown))
        answers = tuple(self._answers(facts, first))
        return Pending(shown, answers=answers, texts=turn_texts(answers))

    # ---- which facts are enough

    def _ways(self, facts: Facts) -> list[Way]:
        """Sets of blanks that are enough to tell, none of them needless; all blanks where even they are not enough."""
        every = self.blanks.blanks(facts)
        if not self._tells(facts, every):
            return [every] if every else []
        ways = [self._least(facts, every)]
        for blank in ways[0]:
            rest = [other for other in every if other is not blank]
            if len(ways) < _WAYS and self._tells(facts, rest):
                way = self._least(facts, rest)
                if {b.key for b in way} not in [{b.key for b in known} for known in ways]:
                    ways.append(way)
        return ways

    def _least(self, facts: Facts, way: Way) -> Way:
        """A set without needless blanks; the later ones are taken back first."""
        for blank in reversed(way):
            rest = [other for other in way if other is not blank]
            if self._tells(facts, rest):
                way = rest
        return way

    def _tells(self, facts: Facts, way: Way) -> bool:
        values = {blank: self.blanks.stand_in(blank.column) for blank in way}
        return self.probe.outcome(self.blanks.filled(facts, values)) is not UNKNOWN

    # ---- missing quarters: the outcome by what they hold together

    def _quarters(self, facts: Facts, way: Way, pending: Pending) -> Pending:
        alike = len({tuple(blank.place in span.quarters for span in self.spans) for blank in way}) == 1
        if not alike or not self.probe.straight:
            return pending  # They count in different windows, so no one sum decides.
        others = self.blanks.filled(facts, dict.fromkeys(way[1:], 0))
        money = tuple(column.name for column in way[0].table.columns if column.type is Type.MONEY)
        trial = Trial(others, way[0].table, self.blanks.quarter_line(way[0], 0), money)
        found = bands(cache(lambda amount: self.probe.state(trial.at(amount))))
        figure, part = self._known_part(facts, trial) if self._others_known(way) else (None, None)
        trial.at(0)
        cells = {name: value for name, value in trial.row.items() if value is not None}
        scale = Scale("缺少的季度的纯收入", "", None, None, found, way[0].table.name, cells, money)
        known = replace(pending, scale=scale, known_figure=figure.title if figure else "", known_part=part)
        return replace(known, texts=quarter_texts(known, [blank.place for blank in way]))

    def _others_known(self, way: Way) -> bool:
        """Whether the window has a quarter that is not missing."""
        missing = {blank.place for blank in way}
        return not any(missing.issuperset(span.quarters) for span in self.spans)

    def _known_part(self, facts: Facts, trial: Trial) -> tuple[Figure | None, int | None]:
        """The figure that the missing quarters belong to, and what it comes to without them."""
        for figure in self.figures:
            if self._read(figure, facts) is None:
                bare = self._read(figure, trial.at(0))
                if bare is not None and self._read(figure, trial.at(1)) == bare + 1:
                    return figure, bare
        return None, None

    def _read(self, figure: Figure, facts: Facts) -> int | None:
        value: int | None = self.evaluator.read(figure.node)(Seen(facts), facts["households"])
        return value

    # ---- other blanks: the outcome by what they say

    def _answers(self, facts: Facts, way: Way) -> list[Turn]:
        """What each possible answer would decide; of several alike, one alone first, then all together."""
        if not way or way[0].column is None or len({blank.key[0] + blank.key[-1] for blank in way}) > 1:
            return []
        several = len(way) > 1
        said: dict[tuple[Outcome, str], list[str]] = {}
        for words, value in self._possible(way[0]):
            alone = self.probe.outcome(self.blanks.filled(facts, {way[0]: value}))
            together = self.probe.outcome(self.blanks.filled(facts, dict.fromkeys(way, value)))
            by_one = several and alone is not UNKNOWN
            key = (alone, "其中任何一人的") if by_one else (together, "各人的" if several else "")
            said.setdefault(key, []).append(words)
        title = way[0].column.header if several else way[0].title
        if way[0].column.type is Type.DATE:
            title = title.replace(way[0].column.header, "年龄")
        return [
            Turn(f"若{who}{title}{'都' if who == '各人的' else ''}为{_listed(words, len(said))}", outcome)
            for (outcome, who), words in said.items()
        ]

    def _possible(self, blank: Blank) -> list[tuple[str, Any]]:
        assert blank.column is not None
        if blank.column.type is Type.DATE:
            return self._ages()
        words = {True: "是", False: "否"}
        return [(words.get(value, str(value)), value) for value in possible(blank.column)]

    def _ages(self) -> list[tuple[str, Any]]:
        """Birth dates by age: one for every stretch between the ages the rule asks about."""
        if not self.ages:
            return []
        starts = [0, *self.ages]
        words = [f"不满{self.ages[0]}岁"]
        words += [f"{low}至{high - 1}岁之间" for low, high in zip(self.ages, self.ages[1:], strict=False)]
        words.append(f"{self.ages[-1]}岁以上")
        return [(text, years_before(self.context.as_of, age)) for text, age in zip(words, starts, strict=True)]

    def _years(self, node: n.AgeAtLeast) -> int:
        years: int = self.evaluator.read(node.years)(Seen({}), {})
        return years


def _listed(words: list[str], groups: int) -> str:
    """The answers that lead to one outcome; a long list beside a short one is called the others."""
    return "其他情形" if len(words) > _MANY and groups > 1 else "或".join(words)
