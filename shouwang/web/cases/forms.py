"""The form of a step or door, made of what the procedure asks for. It carries what was typed; actions decide what will do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from shouwang.casework.errors import EvidenceRefused, LateNeedsReason, NoSuchStep, ReasonNeeded, TooEarly, WrongDay
from shouwang.casework.evidence import is_asked
from shouwang.policy.procedure import Field, Kind, Way
from shouwang.policy.procedure_json import Limit
from shouwang.units.errors import ShouwangError
from shouwang.web.templatetags.ui import day as day_words

PREFIX = "e_"
YES_NO = (("yes", "是"), ("no", "否"))
#: Which field an error belongs to.
_PLACES = (
    (ReasonNeeded, "note"), (WrongDay, "occurred_on"), (TooEarly, "occurred_on"), (LateNeedsReason, "late_reason"),
    (NoSuchStep, "way"),
)  # fmt: skip
_CHOOSING = {Kind.YES_NO, Kind.CHOICE, Kind.SEVERAL}
#: Choices of so few characters stand side by side.
_SHORT, _MIDDLE = 4, 10


@dataclass(frozen=True, slots=True)
class Known:
    """What is known before the form is filled in: values to begin with (of an earlier round: `again`), words beside a field."""

    initial: Mapping[str, Any] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)
    again: bool = False


class Given(forms.Field):
    """A value as it was typed. Whether it will do is the action's to say, so that the rule is written once."""

    def __init__(self, *, across: str = "", ways: str = "", when: tuple[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.across, self.ways = across, ways
        self.when, self.when_is = (PREFIX + when[0], when[1]) if when else ("", "")

    def validate(self, value: Any) -> None:
        """Nothing is refused here."""


class ActForm(forms.Form):
    """What every act asks for: its fields, the day, the reason, and the revision that was before the person's eyes."""

    use_required_attribute = False

    def __init__(
        self, data: Any, *, asked: Sequence[Field], ways: Sequence[Way], lag: Limit, seen: int, known: Known | None = None,
        earliest: date | None = None,
    ) -> None:  # fmt: skip
        super().__init__(data, initial={"seen": seen, "occurred_on": timezone.localdate()})
        self.asked, self.ways = asked, ways
        if ways:
            self.fields["way"] = _way_field(ways)
        for one in asked:
            self.fields[PREFIX + one.name] = _field(one, ways, known or Known())
        self.fields["note"] = _note_field(ways)
        self.fields["occurred_on"] = _day_field(earliest)
        self.fields["late_reason"] = _late_field(lag)
        self.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput)

    @property
    def way(self) -> Way | None:
        """The outcome that was chosen."""
        return next((way for way in self.ways if way.id == self.data.get("way")), None)

    @property
    def evidence(self) -> dict[str, Any]:
        """What was typed into the fields of the procedure."""
        return {one.name: self.cleaned_data.get(PREFIX + one.name) for one in self.asked}

    @property
    def act(self) -> dict[str, Any]:
        """The arguments that `act` and `use_door` have in common."""
        names = ("occurred_on", "late_reason", "seen")
        return {name: self.cleaned_data[name] for name in names} | {"evidence": self.evidence}

    def clean(self) -> dict[str, Any]:
        if self.ways and self.way is None:
            self.add_error("way", "请选择办理结果")
        return self.cleaned_data

    def refuse(self, error: ShouwangError) -> None:
        """Put what an action said where it belongs."""
        if isinstance(error, EvidenceRefused):
            for name, problem in error.facts["problems"].items():
                self.add_error(PREFIX + name, problem)
            return
        place = next((name for kind, name in _PLACES if isinstance(error, kind) and name in self.fields), None)
        self.add_error(place, str(error))

    def seen_now(self, revision: int) -> None:
        """After a conflict that was shown: what is typed may be handed in again on what stands now."""
        self.data = self.data.copy()  # type: ignore[union-attr]  # a QueryDict
        self.data["seen"] = str(revision)


def _way_field(ways: Sequence[Way]) -> forms.Field:
    labels = [(way.id, f"{way.label}（须写明理由）" if way.reason else way.label) for way in ways]
    if len(ways) == 1:
        return Given(initial=ways[0].id, widget=forms.HiddenInput)
    return Given(label="办理结果", widget=forms.RadioSelect(choices=labels), across="across")


def _note_field(ways: Sequence[Way]) -> forms.Field:
    wanting = [way for way in ways if way.reason]
    needed = not ways or len(wanting) == len(ways)
    named = "、".join(f"“{way.label}”" for way in wanting)
    text = f"选{named}的必须写明。" if wanting and not needed else ""
    box = forms.Textarea(attrs={"rows": "3", "maxlength": "4000"})
    return forms.CharField(
        label="理由" if needed else "理由或说明", required=needed, help_text=text, widget=box, max_length=4000
    )


def _day_field(earliest: date | None) -> forms.Field:
    today = timezone.localdate()
    limits = {"type": "date", "max": today.isoformat()} | ({"min": earliest.isoformat()} if earliest else {})
    said = f"最早{day_words(earliest)}，不能晚于今天。" if earliest else "不能晚于今天。"
    return forms.DateField(
        label="办理日期", help_text=f"实际办理的那一天。{said}", widget=forms.DateInput(format="%Y-%m-%d", attrs=limits)
    )


def _late_field(lag: Limit) -> forms.Field:
    last = (timezone.localdate() - timedelta(days=lag.amount)).isoformat()
    box = forms.TextInput(attrs={"data-late-before": last})
    return forms.CharField(
        label="补记原因",
        required=False,
        max_length=400,
        widget=box,
        help_text=f"办理日期在{lag.words()}以前的，必须写明。",
    )


def _field(one: Field, ways: Sequence[Way], known: Known) -> Given:
    hint = known.hints.get(one.name, "")
    wanted = [way.id for way in ways if is_asked(way)]
    return Given(
        label=one.label,
        required=one.required,
        help_text="".join(part for part in (one.help, _how(one), hint) if part),
        initial=known.initial.get(one.name),
        widget=_widget(one),
        across=_across(one),
        ways=" ".join(wanted) if len(wanted) < len(ways) else "",
        when=one.when,
    )


def _how(one: Field) -> str:
    return "姓名之间用顿号隔开。" if one.kind is Kind.PEOPLE else ""


def _widget(one: Field) -> forms.Widget:
    if one.kind in _CHOOSING:
        choices = YES_NO if one.kind is Kind.YES_NO else one.choices
        several = one.kind is Kind.SEVERAL
        return forms.CheckboxSelectMultiple(choices=choices) if several else forms.RadioSelect(choices=choices)
    if one.kind is Kind.TEXT:
        return forms.Textarea(attrs={"rows": "4", "maxlength": "4000"})
    if one.kind is Kind.DATE:
        return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    if one.kind is Kind.COUNT:
        return forms.TextInput(attrs={"inputmode": "numeric"})
    return forms.TextInput(attrs={"inputmode": "decimal"} if one.kind is Kind.MONEY else {})


def _across(one: Field) -> str:
    if one.kind not in _CHOOSING:
        return ""
    longest = max((len(label) for _, label in one.choices), default=1)
    return "short" if longest <= _SHORT else "across" if longest <= _MIDDLE else ""
