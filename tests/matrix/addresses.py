"""Every address of the project with arguments that lead to something: one line here for each new page.

An address is a route name; what it needs is taken from one unit's things. Four tables, by what the unit is. An address with
several kinds of page behind it (an act, a kind of list) has one line for each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from shouwang.casework.queries import SUSPICIONS
from shouwang.web.clues.acts import ACTS as CLUE_ACTS
from shouwang.web.households.acts import ACTS as HOUSEHOLD_ACTS
from shouwang.web.rulebook.reading import PARTS
from tests.matrix.world import COMPANIES, DEPARTMENTS, REGIMENTS, Company, Department, Regiment, World

Arguments = dict[str, Any]


def only(**given: Any) -> Callable[[Any], Arguments]:
    """Arguments that are the same whichever unit is asked about."""
    return lambda _: given


def _household(one: Company, **more: Any) -> Arguments:
    return {"uuid": one.households[0].uuid, **more}


def _case(**more: Any) -> Callable[[Company], Arguments]:
    return lambda one: {"number": one.case.number, **more}


def _filed(**more: Any) -> Callable[[Company], Arguments]:
    return lambda one: {"number": one.confirmed.number, **more}


def _act_key(one: Company, act: str) -> Arguments:
    """The key of an act that is about one thing of the household."""
    person = str(one.member.person.uuid)
    keys = {
        "fact": f"{person}:health",
        "settle": f"{person}:health",
        "reverse": str(one.entry.pk),
        "withdraw": str(one.event.uuid),
    }
    return _household(one, act=act, key=keys.get(act, person))


def _acts() -> list[Callable[[Company], Arguments]]:
    plain = [name for name, act in HOUSEHOLD_ACTS.items() if act.find is None]
    keyed = [name for name, act in HOUSEHOLD_ACTS.items() if act.find is not None]
    return [
        *(lambda one, name=name: _household(one, act=name) for name in plain),
        *(lambda one, name=name: _act_key(one, name) for name in keyed),
    ]


#: Pages about no unit in particular.
PLAIN: dict[str, list[Callable[[World], Arguments]]] = {
    name: [only()]
    for name in (
        "accounts:home", "accounts:login", "accounts:logout", "accounts:password", "accounts:enrol", "accounts:enrol_code",
        "accounts:second_factor", "accounts:choose_post", "accounts:kinship", "accounts:bootstrap",
        "web:home", "web:parts", "web:parts_resident", "web:parts_job",
        "web:people", "web:account_new", "web:trail", "web:trail_check", "web:trail_anchor",
        "web:system", "web:system_backup", "web:system_drill",
        "web:cases", "web:clues", "web:clue_new", "web:clues_arrange", "web:reports", "web:report_new",
        "web:households", "web:household_new", "web:household_export", "web:person_search",
        "web:inbox", "web:done", "web:touched", "web:overdue", "web:suspicions", "web:statistics",
        "web:sources", "web:matching", "web:conflicts", "web:department_results", "web:department_results_export",
        "web:screenings", "web:screening_new", "web:screening_compare", "web:screening_compare_export",
        "web:rulebook", "web:parameter_changes", "web:tokens", "web:token_new",
        "web:api:openapi", "web:api:me", "web:api:worklist", "web:api:households", "web:api:clues", "web:api:reports",
        "web:api:cases", "web:api:batches", "web:api:screenings", "web:api:rules", "web:api:parameters",
    )
}  # fmt: skip
PLAIN |= {
    "web:suspicion": [only(kind=kind) for kind in SUSPICIONS],
    "web:suspicion_export": [only(kind=kind) for kind in SUSPICIONS],
    "web:blank_application": [only(form="docx")],
    "web:source_feed": [only(feed="hospital_bills"), only(feed="school_roll")],
    "web:source_template": [only(feed="hospital_bills"), only(feed="school_roll")],
    "web:parameter": [only(name="monitoring_line")],
    "web:parameter_new": [only(name="monitoring_line")],
    "web:rulebook_part": [only(package="qituan_2020", part=part) for part in PARTS],
    "web:clause": [only(policy="qituan_2020", clause_id="二/五/1")],
}
#: Pages about something of a company.
OF_COMPANY: dict[str, list[Callable[[Company], Arguments]]] = {
    "web:household": [_household],
    "web:household_ledger": [_household],
    "web:household_why": [_household],
    "web:household_member": [lambda one: _household(one, person=one.member.person.uuid)],
    "web:household_reveal": [lambda one: _household(one, person=one.member.person.uuid)],
    "web:household_document": [lambda one: _household(one, document=one.document.uuid)],
    "web:household_act": _acts(),
    "web:case_new": [lambda one: {"household": one.households[-1].uuid}],
    "web:case": [_case(), _filed()],
    "web:case_again": [lambda one: {"number": one.ended.number}],
    "web:case_step": [_case(step="visit"), _case(step="confirm"), _filed(step="receipt")],
    "web:case_sign": [lambda one: {"number": one.case.number, "record": one.record.uuid}],
    "web:case_door": [_case(door="withdraw"), _filed(door="close")],
    "web:case_attach": [_case()],
    "web:case_papers": [_filed()],
    "web:case_letter": [_filed()],
    "web:case_paper": [_filed(kind="declare", form="docx"), _filed(kind="letter", form="pdf"), _filed(kind="file", form="zip")],
    "web:clue": [lambda one: {"uuid": one.clue.uuid}],
    "web:conflict": [lambda one: {"about": "person", "uuid": one.member.person.uuid, "kind": "health"}],
    "web:api:household": [_household],
    "web:api:clue": [lambda one: {"uuid": one.clue.uuid}],
    "web:api:case": [_filed()],
    "web:api:take_step": [_case(step="visit")],
    "web:clue_act": [lambda one, act=act: {"uuid": one.clue.uuid, "act": act} for act in CLUE_ACTS],
}  # fmt: skip
#: Pages about something of a regiment.
OF_REGIMENT: dict[str, list[Callable[[Regiment], Arguments]]] = {
    name: [lambda one: {"uuid": one.run.uuid}]
    for name in ("web:screening", "web:screening_progress", "web:screening_export", "web:api:screening")
}
OF_REGIMENT |= {
    name: [lambda one: {"uuid": one.change.uuid}]
    for name in (
        "web:parameter_change", "web:parameter_sign", "web:parameter_refuse", "web:parameter_retry",
        "web:parameter_withdraw",
    )
} | {
    name: [lambda one: {"uuid": one.change.run.uuid}]
    for name in ("web:parameter_trial", "web:parameter_progress", "web:effect_export")
}  # fmt: skip
#: Pages about something a department sent.
OF_DEPARTMENT: dict[str, list[Callable[[Department], Arguments]]] = {
    "web:report": [lambda one: {"uuid": one.report.uuid} if one.report else {}],
    "web:report_place": [lambda one: {"uuid": one.report.uuid} if one.report else {}],
}
OF_DEPARTMENT |= {
    name: [lambda one: {"uuid": one.batch.uuid}]
    for name in (
        "web:batch", "web:batch_job", "web:batch_columns", "web:batch_confirm", "web:batch_undo", "web:batch_bad",
        "web:api:batch",
    )
} | {
    name: [lambda one: {"uuid": one.doubtful.uuid}]
    for name in ("web:matching_decide", "web:matching_take_back", "web:matching_find")
}  # fmt: skip
#: Pages about an account, a post or an event, by the unit it belongs to.
OF_UNIT: dict[str, list[Callable[[tuple[World, str]], Arguments]]] = {
    name: [lambda at: {"uuid": at[0].account_at(at[1]).uuid}]
    for name in ("web:person", "web:password_reset", "web:factor_reset", "web:account_disable", "web:post_grant")
}
OF_UNIT |= {
    "web:post_end": [lambda at: {"uuid": at[0].post_at(at[1]).uuid}],
    "web:event": [lambda at: {"seq": at[0].event_at(at[1])}],
    "web:token_revoke": [lambda at: {"uuid": at[0].token_at(at[1]).uuid}],
}
#: Whose accounts, posts and events are tried.
UNITS = ("c1", "r7", "d1", "r8", "c81", "c211")


@dataclass(frozen=True, slots=True)
class Address:
    """One address to try: how the table calls it, at which unit, and the path itself."""

    label: str
    place: str
    path: str
    route: str


def routes() -> dict[str, str]:
    """Every route of the project with the name it is reversed by."""
    return dict(_routes(get_resolver().url_patterns, "", ""))


def _routes(patterns: Any, namespace: str, above: str) -> Iterator[tuple[str, str]]:
    for one in patterns:
        if isinstance(one, URLResolver):
            inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from _routes(one.url_patterns, inner, above + str(one.pattern))
        elif isinstance(one, URLPattern):
            yield above + str(one.pattern), f"{namespace}{one.name}"


def addresses(world: World, *, everywhere: bool = True) -> list[Address]:
    """All of them, in the order of the tables; `everywhere`: at every place, not only at the first and one more."""
    tables: tuple[tuple[dict[str, list[Any]], list[tuple[str, Any]]], ...] = (
        (PLAIN, [("", world)]),
        (OF_COMPANY, [(code, world.companies[code]) for code in COMPANIES]),
        (OF_REGIMENT, [(code, world.regiments[code]) for code in REGIMENTS]),
        (OF_DEPARTMENT, [(code, world.departments[code]) for code in DEPARTMENTS]),
        (OF_UNIT, [(code, (world, code)) for code in UNITS]),
    )
    found: list[Address] = []
    for table, places in tables:
        for number, (name, variants) in enumerate(table.items()):
            found += _tried(name, variants, places, number, everywhere)
    return found


def _tried(
    name: str, variants: list[Callable[[Any], Arguments]], places: list[tuple[str, Any]], number: int, everywhere: bool
) -> Iterator[Address]:
    """The first variant at every place; others, for the sake of time, at the first place and one more in turn."""
    for turn, arguments in enumerate(variants):
        others = places[1:]
        short = others and (turn or not everywhere)
        for place, thing in [places[0], others[(number + turn) % len(others)]] if short else places:
            given = arguments(thing)
            if given or not place:
                path = reverse(name, kwargs=given)
                yield Address(_label(str(resolve(path).route), given), place, path, str(resolve(path).route))


def _label(route: str, given: Arguments) -> str:
    """The route with the words that choose a kind of page filled in: `households/<uuid>/do/add/`."""
    for name, value in given.items():
        for converter in ("slug", "str"):
            if name in ("act", "kind", "form", "step", "door", "feed", "part"):
                route = route.replace(f"<{converter}:{name}>", str(value))
    for converter in ("uuid", "str", "int", "slug", "path"):
        route = route.replace(f"<{converter}:", "<")
    return f"/{route}"


def missing(world: World) -> dict[str, str]:
    """Routes nobody tries, with the name to add a line for."""
    tried = {address.route for address in addresses(world)}
    return {route: name for route, name in routes().items() if route not in tried}
