"""The machine interface as one object: its parts, its doors, its description. Everything in it goes through the queries and
actions the pages use; nothing here touches a table."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from ninja import NinjaAPI

from shouwang.web.api import batches, cases, clues, households, me, reports, rules, screenings
from shouwang.web.api.entry import BySession, ByToken
from shouwang.web.api.errors import Refusal, answer_in_json

_DESCRIPTION = """守望的程序接口，与网页办的是同样的事、同样的权限、同样的留痕。

- 身份：请求头 `Authorization: Bearer 令牌`（网页“我的访问令牌”生成），或浏览器会话（写入要带 CSRF 令牌）。
- 金额是整数的分，栏目名以 `_fen` 结尾；日期写作 2020-05-14。空白（null）是不明，不是零。
- 写入要带请求头 `Idempotency-Key`（UUID）；没有收到答复就用同一个编号重发，只办一次。
- 辖区以外的一律答 404。别人先办了答 409，不合要求答 422，太密答 429 并在 `Retry-After` 写明几秒后再来。
- 办不成时答 `{code, what, why, do}`，说明发生了什么、为什么、怎么办。
"""
#: What every operation may answer beside its own.
_REFUSALS = {
    400: "内容不是 JSON",
    401: "没有登录，或令牌无效",
    403: "会话写入没有带 CSRF 令牌",
    404: "没有，或无权查看",
    409: "别人先办了",
    422: "不合要求",
    429: "太密",
}


class Interface(NinjaAPI):
    """NinjaAPI whose description names the refusals of every operation."""

    def get_openapi_schema(self, **more: Any) -> Any:
        schema = super().get_openapi_schema(**more)
        shape = Refusal.json_schema()
        schema["components"]["schemas"]["Refusal"] = shape
        told = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
        for methods in schema["paths"].values():
            for operation in methods.values():
                for status, words in _REFUSALS.items():
                    operation["responses"].setdefault(status, {"description": words, "content": told})
        return schema


api = Interface(
    title="守望", version="1", description=_DESCRIPTION, urls_namespace="api", docs_url=None, openapi_url=None,
    auth=[ByToken(), BySession()],
)  # fmt: skip
for part in (me, households, clues, reports, cases, batches, screenings, rules):
    api.add_router("", part.router)
answer_in_json(api)


@api.get("/openapi.json", include_in_schema=False, url_name="openapi")
def openapi(request: HttpRequest) -> JsonResponse:
    """接口说明（OpenAPI 3.1）。"""
    return JsonResponse(api.get_openapi_schema(path_prefix="/api/v1/"), json_dumps_params={"ensure_ascii": False})
