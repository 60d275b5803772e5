"""One clause in its place: its text, what stands around it, and what implements it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.policy.clauses import UnknownClause, clause, instrument
from shouwang.policy.coverage import Implementer
from shouwang.web.guard import PersonalRequest
from shouwang.web.rulebook.places import policy_at, with_post
from shouwang.web.rulebook.reading import address
from shouwang.web.rulebook.saying import excuse_words, implemented
from shouwang.web.templatetags.ui import clause_words

#: Where the things that implement a clause are shown: kind -> part of the rule book.
_SHOWN = {"规则": "rules", "数字": "figures", "疑问": "rules", "步骤": "procedure", "旁门": "procedure"}


@with_post
def clause_page(request: PersonalRequest, policy: str, clause_id: str) -> HttpResponse:
    """一条条款。"""
    shown = policy_at(policy)
    try:
        one = clause(policy, clause_id)
    except UnknownClause:
        raise Http404("这部办法没有这一条。") from None
    ids = list(instrument(policy))
    place = ids.index(clause_id)
    around = [ids[place - 1] if place else "", ids[place + 1] if place + 1 < len(ids) else ""]
    context = {
        "policy": shown,
        "clause": one,
        "words": clause_words(clause_id),
        "above": [heading for heading in one.headings if heading != one.text],
        "before": _neighbour(policy, around[0]),
        "after": _neighbour(policy, around[1]),
        "done": [_link(policy, found) for found in implemented(policy).get(clause_id, ())],
        "excuse": excuse_words(policy, clause_id),
        "under": _under(policy, clause_id) if one.is_heading else [],
        "back": f"{address(policy)}#c-{clause_id}",
    }
    return render(request, "rulebook/clause.html", context)


def _neighbour(policy: str, clause_id: str) -> dict[str, str] | None:
    if not clause_id:
        return None
    one = clause(policy, clause_id)
    return {"words": clause_words(clause_id), "text": one.text, "url": reverse("web:clause", args=[policy, clause_id])}


def _under(policy: str, clause_id: str) -> list[dict[str, str] | None]:
    """The clauses right under a heading."""
    inside = f"{clause_id}/"
    return [
        _neighbour(policy, one)
        for one in instrument(policy)
        if one.startswith(inside) and "/" not in one[len(inside) :]
    ]


def _link(policy: str, found: Implementer) -> dict[str, Any]:
    if found.kind == "参数":
        url = f"{reverse('web:parameter', args=[found.id])}?policy={policy}"
    else:
        url = f"{address(policy, _SHOWN[found.kind])}#{found.id}"
    return {"kind": found.kind, "title": found.title, "url": url}
