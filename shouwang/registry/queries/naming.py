"""Whose household is meant by a name, or by the beginning of a number?"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from shouwang.registry import search
from shouwang.registry.models import Household, Person


@dataclass(frozen=True)
class Named:
    """Where those live who bear a name, looked up once for all that a page asks. `homes`: their keys, None for a common name."""

    text: str
    homes: tuple[int, ...] | None

    @classmethod
    def of(cls, text: str) -> Named:
        return cls(text, search.homes(text))

    @property
    def is_common(self) -> bool:
        return self.homes is None

    def in_home(self, home: str = "pk") -> Q:
        """Rows whose household, named by `home`, has one of them. Of a common name every household is asked for itself."""
        if self.homes is None:
            return Q(Exists(Person.objects.filter(search.bears(self.text), home=OuterRef(home))))
        return Q(**{f"{home}__in": search.among(self.homes)})


def of_household_called(text: str, home: str = "household") -> Q:
    """Rows whose household has a number that begins with `text`, or somebody whose name holds it."""
    numbered = Household.objects.filter(search.numbered(text)).order_by().values("pk")
    return Named.of(text).in_home(home) | Q(**{f"{home}__in": numbered})


def beside_heads(text: str, homes: Collection[int], heads: Mapping[int, str]) -> dict[int, tuple[str, ...]]:
    """Who beside the head bears the name that was looked for, by household: so that a list says why a household is in it."""
    if not search.tokens(text):
        return {}
    found: dict[int, tuple[str, ...]] = {}
    bearers = Person.objects.filter(search.bears(text), home__in=homes).order_by("pk")
    for home, name in bearers.values_list("home", "name"):  # nobody's citizen number is unsealed for it
        if home is not None and name != heads.get(home):
            found[home] = (*found.get(home, ()), name)
    return found
