"""Forms that every page may use: filters over lists, a unit out of those one sees, a reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.forms.models import ModelChoiceIterator
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from shouwang.accounts.models import Unit
from shouwang.accounts.roles import Level
from shouwang.web.markup import said

#: More than these are not offered in one list.
MOST_UNITS = 100


class FilterForm(forms.Form):
    """Conditions over a list: nothing is required, the first four fields are shown, the others are 更多条件."""

    SHOWN = 4

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "filter_%s")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.required = False
            if type(field.widget) is forms.Select:
                field.widget = LongSelect(field.widget.attrs, field.widget.choices)
            if isinstance(field, UnitField):
                field.opened_at = str(self.data.get(name) or "")

    @property
    def shown(self) -> list[forms.BoundField]:
        return list(self)[: self.SHOWN]

    @property
    def more(self) -> list[forms.BoundField]:
        return list(self)[self.SHOWN :]

    @property
    def in_use(self) -> bool:
        return any(self.data.get(name) for name in self.fields)

    @property
    def more_in_use(self) -> bool:
        return any(self.data.get(field.name) for field in self.more)

    @property
    def values(self) -> dict[str, Any]:
        """What was asked for and can be read; a condition that cannot be read counts as not asked."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


class LongSelect(forms.Select):
    """A select whose options are written in one go, where Django renders a template for each."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:  # the signature is Django's
        chosen = set(self.format_value(value))
        options = (
            f'<option value="{said(one)}"{" selected" if one in chosen else ""}>{said(label)}</option>'
            for one, label in ((str(one), str(label)) for one, label in self.choices)
        )
        written = mark_safe("".join(options))  # every value and label is escaped above
        return format_html(
            "<select{}>{}</select>", flatatt({"name": name, **self.build_attrs(self.attrs, attrs)}), written
        )


class UnitChoices(ModelChoiceIterator):
    """The options from three columns: 900 units need not be built whole for their names."""

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        opened = self.field.opened_at
        units = self.queryset if opened is None else _opened(self.queryset, opened)
        if self.field.empty_label is not None:
            yield "", self.field.empty_label + ("" if units is self.queryset else "（可逐级选到连）")
        moved_in = {level.value: unit_words(level, "") for level in Level}
        told = units.values_list("uuid", "level", "name")
        yield from ((uuid, moved_in[level] + name) for uuid, level, name in told)


def _opened(units: QuerySet[Unit], chosen: str) -> QuerySet[Unit]:
    """Units to choose from: of a large tree the two highest levels, and what lies beneath and beside the unit chosen.

    A division may have 850 units: whoever looks for a company names its regiment first.
    """
    levels = dict(units.order_by().values_list("level").annotate(n=Count("pk")))
    if sum(levels.values()) <= MOST_UNITS:
        return units
    shown = Q(level__in=[level for level in _DEPTH if level in levels][:2])
    try:
        place = units.filter(uuid=chosen).first() if chosen else None
    except ValidationError:
        place = None
    if place is not None:
        shown |= Q(parent__in={place.pk, place.division_id, place.regiment_id} - {None})
    return units.filter(shown)


class UnitField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """A unit out of those a person sees, indented as the tree."""

    widget = LongSelect
    iterator = UnitChoices
    #: The unit whose surroundings are offered, empty for none; None: the whole tree is.
    opened_at: str | None = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Unit.objects.none(), to_field_name="uuid", blank=True, **kwargs)


def unit_words(level: str, name: str) -> str:
    """The name of a unit, moved in by its level."""
    return "　" * _DEPTH[Level(level)] + name


_DEPTH = {Level.CORPS: 0, Level.DIVISION: 1, Level.REGIMENT: 2, Level.COMPANY: 3, Level.DEPARTMENT: 3}


class ReasonForm(forms.Form):
    """为什么。"""

    reason = forms.CharField(label="事由", max_length=200, widget=forms.Textarea(attrs={"rows": "3"}))
