"""Forms that every page may use: filters over lists, a unit out of those one sees, a reason."""

from __future__ import annotations

from typing import Any

from django import forms

from shouwang.accounts.models import Unit
from shouwang.accounts.roles import Level


class FilterForm(forms.Form):
    """Conditions over a list: nothing is required, the first four fields are shown, the others are 更多条件."""

    SHOWN = 4

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "filter_%s")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False

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


class UnitField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """A unit out of those a person sees, indented as the tree."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Unit.objects.none(), to_field_name="uuid", blank=True, **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        depth = [Level.CORPS, Level.DIVISION, Level.REGIMENT, Level.COMPANY].index(
            Level.COMPANY if obj.level == Level.DEPARTMENT else obj.level
        )
        return "　" * depth + str(obj.name)


class ReasonForm(forms.Form):
    """为什么。"""

    reason = forms.CharField(label="事由", max_length=200, widget=forms.Textarea(attrs={"rows": "3"}))
