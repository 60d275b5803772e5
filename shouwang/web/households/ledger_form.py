"""记收支: several lines at once, in one transaction. Blank lines are left out; one that is wrong keeps all of them back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils import timezone

from shouwang.registry.actions import NewEntry
from shouwang.registry.models.ledger import KINDS
from shouwang.units.money import read_money
from shouwang.units.periods import quarter_of, quarter_words
from shouwang.units.text import normalise
from shouwang.web.households.act import CHOOSE, ActForm

LINES = 6
#: Quarters offered, the present one first: five years, as far back as a visit asks.
QUARTERS = 20
_FIELDS = ("quarter", "kind", "amount", "person", "source", "one_off")


class LedgerForm(ActForm):
    """Up to six lines."""

    def arrange(self) -> None:
        now = quarter_of(timezone.localdate())
        quarters = [(str(one), quarter_words(one)) for one in range(now, now - QUARTERS, -1)]
        people = [("", "全户"), *((one.member_number, one.person.name) for one in self.members())]
        for place in range(1, LINES + 1):
            self.fields |= {
                f"quarter_{place}": forms.ChoiceField(label="季度", choices=[CHOOSE, *quarters]),
                f"kind_{place}": forms.ChoiceField(label="类别", choices=[CHOOSE, *KINDS]),
                f"amount_{place}": forms.CharField(
                    label="金额（元）", max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal"})
                ),
                f"person_{place}": forms.ChoiceField(label="是谁的", choices=people),
                f"source_{place}": forms.CharField(label="来源", max_length=200),
                f"one_off_{place}": forms.BooleanField(label="一次性收入"),
            }  # fmt: skip
        for name, field in self.fields.items():
            field.required = name == "version"

    @property
    def lines(self) -> Iterator[tuple[int, list[forms.BoundField]]]:
        """The fields of each line, for the template."""
        for place in range(1, LINES + 1):
            yield place, [self[f"{name}_{place}"] for name in _FIELDS]

    def clean(self) -> dict[str, Any]:
        """The lines filled in, as `entries`."""
        data: dict[str, Any] = super().clean() or {}
        people = {one.member_number: one.person for one in self.members()}
        entries: list[NewEntry] = []
        for place in range(1, LINES + 1):
            line = {name: data.get(f"{name}_{place}") for name in _FIELDS}
            if not any(line.values()):
                continue
            if (fen := self._fen(place, line)) is not None:
                entries.append(
                    NewEntry(
                        int(line["quarter"]), line["kind"], fen, bool(line["one_off"]), people.get(line["person"] or ""),
                        (line["source"] or "").strip(),
                    )
                )  # fmt: skip
        if not entries and not self.errors:
            self.add_error(None, "没有填写任何一笔收支。请至少填一笔的季度、类别和金额。")
        data["entries"] = entries
        return data

    def _fen(self, place: int, line: dict[str, Any]) -> int | None:
        """The amount of a line in fen; what is wrong with the line goes to its fields."""
        for name, words in (("quarter", "季度"), ("kind", "类别"), ("amount", "金额")):
            if not line[name] and f"{name}_{place}" not in self.errors:
                self.add_error(f"{name}_{place}", f"第 {place} 笔没有填{words}。")
        if not line["amount"]:
            return None
        reading = read_money(normalise(line["amount"]))
        if reading.failed:
            self.add_error(f"amount_{place}", f"第 {place} 笔：{reading.reason}。{reading.advice}")
        fen: int | None = reading.value if line["quarter"] and line["kind"] else None
        return fen
