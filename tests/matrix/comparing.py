"""What every answer must keep to, whoever asks: no foreign word, no whole number, the headers; and the table."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from shouwang.units.identity import is_valid
from tests.matrix.addresses import addresses
from tests.matrix.allowed import MAY_READ, foreign_words
from tests.matrix.table import committed
from tests.matrix.walk import WRITE, Answer, answers, exported, keep, signs, visitor
from tests.matrix.world import WORDS, World

_NUMBER = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])")
TABLES = {"GET": "seen", "POST": "posted"}
#: Where a whole number stands all the same, and why.
WHOLE_NUMBERS = {
    "/files/batches/<uuid>/bad-rows/": "the sender's own rows, to be put right and sent again",
}
HEADERS = {
    "Content-Security-Policy": "default-src '",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Request-ID": "",
}


def compare(world: World, role: str, method: str) -> None:
    """Ask every address as one role, judge every answer, and compare the statuses with the table."""
    client, table = visitor(world, role), TABLES[method]
    found = list(answers(client, addresses(world, everywhere=method == "GET"), method))
    troubles = [trouble for answer in found for trouble in (*_said(answer, role, world), *_headers_lacking(answer))]
    assert not troubles, f"{role} {method}\n" + "\n".join(troubles)
    keep(table, role, signs(found, role))
    if method == "GET" and role != "nobody":
        _reads_all_it_may(role, exported(client) + "".join(answer.words for answer in found))
    if WRITE in os.environ:
        return
    wanted, met = committed(table), signs(found, role)
    assert wanted.keys() == met.keys(), f"`make matrix`, and review: {sorted(wanted.keys() ^ met.keys())}"
    wrong = [
        f"{label} of {place or '-'}: {row[role]}, the table says {wanted[(label, place)][role]}"
        for (label, place), row in met.items()
        if row[role] != wanted[(label, place)][role]
    ]
    assert not wrong, f"{role} {method}\n" + "\n".join(wrong)


def _said(answer: Answer, role: str, world: World) -> Iterator[str]:
    """What an answer says that this reader may not know."""
    at = f"{answer.address.path} ({answer.status})"
    met = {whose for mark, whose in foreign_words(role).items() if mark in answer.words}
    if met:
        yield f"{at} says something of {met}: {_around(answer.words, role)}"
    if answer.status >= 500:
        yield f"{at} fails"
    whole = set() if answer.address.label in WHOLE_NUMBERS else set(_NUMBER.findall(answer.words))
    if whole & world.citizens or any(is_valid(number) for number in whole):
        yield f"{at} shows a whole citizen number"


def _headers_lacking(answer: Answer) -> Iterator[str]:
    """C10, ASVS V3: on every answer, whatever its status."""
    kept = answer.headers
    for name, wanted in HEADERS.items():
        if wanted not in kept.get(name, ""):
            yield f"{answer.address.path} ({answer.status}) has {name}: {kept.get(name)}"
    policy = kept.get("Content-Security-Policy", "")
    if "unsafe" in policy or not {"'self'", "'none'"} & set(policy.replace(";", " ").split()):
        yield f"{answer.address.path} allows what is unsafe"
    if answer.status not in (301, 302) and "no-store" not in kept.get("Cache-Control", ""):
        yield f"{answer.address.path} ({answer.status}) may be kept by a cache"


def _reads_all_it_may(role: str, words: str) -> None:
    """Else the list of words is wider than what is shown, and a leak of those would pass unseen."""
    unread = {name for name in MAY_READ[role] if WORDS[name] not in words}
    assert not unread, f"{role} never meets {sorted(unread)}; take them off MAY_READ"


def _around(words: str, role: str) -> str:
    places = [words.find(mark) for mark in foreign_words(role)]
    at = min(place for place in places if place >= 0)
    return words[max(0, at - 80) : at + 40]
