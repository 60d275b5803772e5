"""Asking every address as one person, and keeping what came of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import reverse

from shouwang.accounts.models import User
from shouwang.casework.queries import SUSPICIONS
from tests.accounts.conftest import sign_in
from tests.matrix.addresses import Address
from tests.matrix.reading import words_of
from tests.matrix.table import FOLDER, WHO, Cells, sign, written
from tests.matrix.world import World

#: Set by the command that writes the tables; the walk then writes and the comparison has nothing to say.
WRITE = "MATRIX_WRITE"


@dataclass(frozen=True, slots=True)
class Answer:
    address: Address
    status: int
    words: str
    headers: dict[str, str]


def visitor(world: World, role: str) -> Client:
    """A browser of the one who tries this role; `nobody` is not logged in."""
    client = Client(raise_request_exception=False)
    return client if role == "nobody" else sign_in(client, who(world, role))


def who(world: World, role: str) -> User:
    return User.objects.get(pk=world.people[role].pk)


def answers(client: Client, addresses: list[Address], method: str) -> Iterator[Answer]:
    """What each address answers; whatever it did is undone before the next."""
    kept = client.cookies.copy()
    for address in addresses:
        with transaction.atomic():
            response = ask(client, address.path, method)
            yield Answer(address, response.status_code, words_of(response), dict(response.headers))
            transaction.set_rollback(True)
        client.cookies = kept.copy()


def ask(client: Client, path: str, method: str, data: dict[str, Any] | None = None) -> Any:
    return client.get(path, data) if method == "GET" else client.post(path, data or {})


def exported(client: Client) -> str:
    """Every export this person is given, as words; each with a reason."""
    words = [_file(client, reverse("web:suspicion_export", args=[kind]), {"reason": "核对"}) for kind in SUSPICIONS]
    for table in ("list", "households", "members", "ledger"):
        words.append(_file(client, reverse("web:household_export"), {"table": table, "reason": "核对"}))
    return "\n".join(words)


def _file(client: Client, path: str, form: dict[str, Any]) -> str:
    response = client.post(path, form)
    assert response.status_code == 404 or "spreadsheetml" in response["Content-Type"], response.content[:300]
    return words_of(response)


def keep(name: str, column: str, found: Cells) -> None:
    """Write one column of a table, when the command asks for it."""
    if WRITE not in os.environ:
        return
    path = FOLDER / f"{name}.txt"
    from_file = _read_loosely(path.read_text(encoding="utf-8")) if path.exists() else {}
    cells = {
        key: {who: from_file.get(key, {}).get(who, "?") for who in WHO} | {column: row[column]}
        for key, row in found.items()
    }
    path.write_text(written(cells), encoding="utf-8")


def _read_loosely(text: str) -> Cells:
    _, *lines = text.splitlines()
    rows = [line.split() for line in lines]
    return {
        (label, "" if place == "-" else place): dict(zip(WHO, signs, strict=False)) for label, place, *signs in rows
    }


def signs(answers: list[Answer], column: str) -> Cells:
    return {(one.address.label, one.address.place): {column: sign(one.status)} for one in answers}
