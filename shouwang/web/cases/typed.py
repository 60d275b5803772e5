"""What somebody typed: carried from the form to the page that checks it, and shown where it could not be saved."""

from __future__ import annotations

from django import forms
from django.http import QueryDict

_OWN = ("csrfmiddlewaretoken", "stage")


def carried(sent: QueryDict) -> list[tuple[str, str]]:
    """Every value that was sent, to be sent again as it is."""
    return [(name, value) for name, values in sent.lists() if name not in _OWN for value in values]


def typed_in(form: forms.Form) -> list[dict[str, str]]:
    """The filled-in fields of a form, in words."""
    shown = [(field.label, _said(field)) for field in form if not field.is_hidden]
    return [{"label": label, "value": words} for label, words in shown if words]


def _said(field: forms.BoundField) -> str:
    value = field.value()
    labels = {str(key): str(label) for key, label in getattr(field.field.widget, "choices", ())}
    values = value if isinstance(value, list) else [value]
    return "、".join(labels.get(str(one), str(one)) for one in values if one not in (None, ""))
