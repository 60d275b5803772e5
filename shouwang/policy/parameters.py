"""Which figures are in force on a date? Dated YAML, each value with its clause; never a bare number in a rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from importlib import resources
from typing import Any

import yaml

from shouwang.policy.lineage import lineage
from shouwang.terms.build import Term
from shouwang.terms.nodes import RATIO_SCALE
from shouwang.terms.nodes import Parameter as ParameterNode
from shouwang.units.errors import ShouwangError
from shouwang.units.money import FEN_PER_YUAN, yuan

#: The safe loader in C where PyYAML has it: reading the figures is part of every start.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Unit(Enum):
    """The unit a figure is written in, and how many of what is held make one of it."""

    YUAN = "元"
    RATIO = "1"
    AGE = "岁"
    DAYS = "天"
    WORKDAYS = "工作日"

    @property
    def scale(self) -> int:
        return {Unit.YUAN: FEN_PER_YUAN, Unit.RATIO: RATIO_SCALE}.get(self, 1)

    @property
    def largest(self) -> int:
        """The largest value held. Far beyond any sense, and within what a product of 64 bits allows."""
        return {Unit.RATIO: 100 * RATIO_SCALE}.get(self, 10**12)

    def words(self, held: int) -> str:
        """A held figure as a sentence says it: `8000.00元`, `60%`, `15岁`, `2个工作日`."""
        if self is Unit.YUAN:
            return f"{yuan(held)}元"
        if self is Unit.RATIO:
            percent = Decimal(held * 100) / RATIO_SCALE
            return f"{percent.normalize():f}%"
        return f"{held}个{self.value}" if self is Unit.WORKDAYS else f"{held}{self.value}"


class UnknownParameter(ShouwangError):
    code = "PAR-01"
    what = "没有名为“{name}”的参数。"
    do = "可用的参数：{known}。"


class BadParameterValue(ShouwangError):
    code = "PAR-02"
    what = "参数“{name}”不能取“{value}”：{reason}。"
    do = "这个参数的单位是“{unit}”，例如 {name}={example}。"


@dataclass(frozen=True, slots=True)
class DatedValue:
    """One value and the day from which it holds. `discretion` says that the text gives no figure and whose reading it is."""

    since: date
    held: int
    clause: str
    discretion: str = ""


@dataclass(frozen=True, slots=True)
class ParameterSeries:
    """A figure of the policy through time."""

    name: str
    label: str
    meaning: str
    unit: Unit
    values: tuple[DatedValue, ...]

    def on(self, day: date) -> DatedValue:
        """The value in force; before the first, the first (the book says so aloud)."""
        in_force = [value for value in self.values if value.since <= day]
        return in_force[-1] if in_force else self.values[0]

    def read(self, text: str) -> int:
        """A value given on the command line or on the parameter page, as it is held. Raises BadParameterValue."""
        try:
            number = Decimal(text)
            held = number * self.unit.scale
            whole = held == held.to_integral_value()
        except (InvalidOperation, OverflowError):
            raise self._bad(text, "不是数字") from None
        if not number.is_finite():
            raise self._bad(text, "不是数字")
        if not whole:
            raise self._bad(text, "小数位太多")
        if not 0 <= held <= self.unit.largest:
            raise self._bad(text, "超出合理范围")
        return int(held)

    def write(self, held: int) -> str:
        """A held value as a person writes it: 800000 -> `8000`, 3000 -> `0.3`. The inverse of `read`."""
        return format((Decimal(held) / self.unit.scale).normalize(), "f")

    def _bad(self, text: str, reason: str) -> BadParameterValue:
        example = self.write(self.values[-1].held)
        return BadParameterValue(name=self.name, value=text, reason=reason, unit=self.unit.value, example=example)


@cache
def parameters_of(package: str) -> Mapping[str, ParameterSeries]:
    """Every parameter of a policy, by name, in the order they are written; its own in place of those it builds on."""
    series: dict[str, ParameterSeries] = {}
    for folder in lineage(package):
        series |= _written_in(folder)
    return series


def _written_in(package: str) -> dict[str, ParameterSeries]:
    """The parameters of one folder's `parameters/*.yaml`."""
    folder = resources.files(f"shouwang.policy.{package}").joinpath("parameters")
    series: dict[str, ParameterSeries] = {}
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if file.name.endswith(".yaml"):
            for name, entry in yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER).items():
                if name in series:
                    raise ValueError(f"parameter {name} is declared twice")
                series[name] = _series(name, entry)
    return series


def _series(name: str, entry: dict[str, Any]) -> ParameterSeries:
    unit = Unit(str(entry["unit"]))
    values = tuple(
        DatedValue(since, _held(value["amount"], unit), value["clause"], value.get("discretion", ""))
        for since, value in sorted(entry["values"].items())
    )
    return ParameterSeries(name, entry["label"], entry["meaning"], unit, values)


def _held(amount: int | str, unit: Unit) -> int:
    """YAML would make 0.30 a float, so amounts with decimals are quoted; a float here is a mistake in the file."""
    if isinstance(amount, float):
        raise ValueError(f"quote the amount {amount}: figures of the policy are never floats")
    held = Decimal(amount) * unit.scale
    if held != held.to_integral_value():
        raise ValueError(f"{amount} {unit.value} has too many decimals")
    return int(held)


class Names:
    """`p.monitoring_line` in a rule: the parameter of that name, whatever its value will be on the day."""

    def __init__(self, package: str) -> None:
        self._package = package

    def __getattr__(self, name: str) -> Term:
        series = parameters_of(self._package).get(name)
        if series is None:
            raise AttributeError(f"no parameter {name} in {self._package}/parameters")
        return Term(ParameterNode(name, ratio=series.unit is Unit.RATIO))
