"""The rows that the figures of 七团办法 are taken from, and who counts as a member."""

from __future__ import annotations

from shouwang.policy.parameters import Names
from shouwang.terms import tables as t
from shouwang.terms.build import Rows, Term
from shouwang.terms.context import AS_OF, WINDOW_END, WINDOW_START
from shouwang.terms.nodes import Field

p = Names("qituan_2020")

members = Rows(t.MEMBERS)
ledger = Rows(t.LEDGER)
events = Rows(t.EVENTS)
medical = Rows(t.MEDICAL)
school = Rows(t.SCHOOL)
insurance = Rows(t.INSURANCE)


def household(column: str) -> Term:
    """A column of the household's own row."""
    return Term(Field(t.HOUSEHOLDS, column))


def present(day: Term) -> Term:
    """Whether a member shares the household's budget on a day (contract 3, Members at D)."""
    joined = ~members.joined_on.known() | (members.joined_on <= day)
    not_left = ~members.left_on.known() | (members.left_on > day)
    return members.shares_budget & joined & not_left


#: 共同生活的成员：the members at D.
counted = members.where(present(AS_OF))

#: A member's bills settled inside the window.
bills = medical.where((medical.settled_on >= WINDOW_START) & (medical.settled_on <= WINDOW_END))


def billed(amount: Term) -> Term:
    """A column of the matched bills, over the members at D."""
    return counted.total(bills.total(amount))
