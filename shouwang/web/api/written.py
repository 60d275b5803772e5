"""Writing: one act, one operation number; the same number again is answered as the first time and does nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Schema
from pydantic import Field

from shouwang.accounts.actions import once
from shouwang.web.api.entry import Caller

#: Says that the answer is that of an earlier request.
REPEATED = "Idempotent-Replayed"


class Told(Schema):
    """办成了什么。"""

    at: list[str] = Field(description="在哪里：种类和编号")
    done: str = Field(description="办成了什么")
    revision: int = Field(description="办后的版次")


def written(request: Caller, key: UUID, act: Callable[[], dict[str, Any]]) -> HttpResponse:
    """Do an act under its operation number, and answer with what came of it."""
    asked = f"{request.method} {request.path}\n".encode() + request.body

    def told() -> str:
        return json.dumps(Told(**act()).dict(), ensure_ascii=False)

    body, now = once(by=request.user, key=key, asked=asked, act=told)
    answer = HttpResponse(body, content_type="application/json; charset=utf-8")
    answer[REPEATED] = "false" if now else "true"
    return answer
