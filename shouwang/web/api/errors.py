"""How the machine interface says no: always JSON with a code, what happened, why, and what to do, in Chinese."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import Field

from shouwang.accounts import audit
from shouwang.accounts.models import User
from shouwang.accounts.models.audit import Result
from shouwang.accounts.origin import Origin
from shouwang.accounts.scope import AccessDenied
from shouwang.units.errors import ShouwangError

#: Everything under this path answers in JSON, whatever went wrong on the way.
ROOT = "/api/"


class Refusal(Schema):
    """办不成时的答复。"""

    code: str = Field(description="错误编号，求助时请一并说明")
    what: str = Field(description="发生了什么")
    why: str = Field("", description="为什么")
    do: str = Field("", description="怎么办")
    request_id: str = Field("", description="请求号，审计记录里有同样的编号")


class NotIn(ShouwangError):
    code = "API-01"
    what = "没有登录，或者令牌无效、过期、已作废。"
    do = "请在请求头 Authorization 里写“Bearer 令牌”；令牌在网页“我的访问令牌”生成。用浏览器会话的，请先登录并完成身份验证。"


class NotThere(ShouwangError):
    """The same words whether it does not exist or may not be seen."""

    code = "API-02"
    what = "没有这个地址或这条记录，或者您的岗位无权查看。"
    do = "请核对编号；如确需查看，请联系安全管理员核对岗位。"


class Unreadable(ShouwangError):
    code = "API-03"
    what = "请求不能读：{problems}。"
    do = "请对照接口说明（/api/v1/openapi.json）改正后重发。"


class NotJson(ShouwangError):
    code = "API-06"
    what = "请求的内容不是 JSON，或者不完整。"
    do = "请对照接口说明（/api/v1/openapi.json）改正后重发。"


class NotAllowed(ShouwangError):
    code = "API-04"
    what = "这个地址不能这样请求。"
    do = "请对照接口说明使用正确的方法；用浏览器会话写入的，要带 CSRF 令牌。"


class TooMany(ShouwangError):
    code = "API-05"
    what = "请求太密，每分钟最多 {most} 次。"
    do = "请 {wait} 秒后再试。"


class Broken(ShouwangError):
    code = "API-99"
    what = "系统出错，没有办成。"
    do = "请稍后重试；仍不行，请把请求号告诉系统管理员。"


class NoRoom(ShouwangError):
    code = "API-98"
    what = "服务器磁盘已满，没有办成。"
    do = "请告诉系统管理员清理磁盘后重试。"


#: What stands for an answer that no view of ours gave.
_INSTEAD: dict[int, tuple[type[ShouwangError], HTTPStatus]] = {
    302: (NotIn, HTTPStatus.UNAUTHORIZED),
    400: (NotJson, HTTPStatus.BAD_REQUEST),
    403: (NotAllowed, HTTPStatus.FORBIDDEN),
    404: (NotThere, HTTPStatus.NOT_FOUND),
    405: (NotAllowed, HTTPStatus.METHOD_NOT_ALLOWED),
    500: (Broken, HTTPStatus.INTERNAL_SERVER_ERROR),
    507: (NoRoom, HTTPStatus.INSUFFICIENT_STORAGE),
}


def refusal(error: ShouwangError, status: int) -> JsonResponse:
    """An error of ours as an answer."""
    told = {
        "code": error.code,
        "what": error.part(error.what),
        "why": error.part(error.why),
        "do": error.part(error.do),
    }
    answer = JsonResponse(
        told | {"request_id": Origin.here().request_id}, status=status, json_dumps_params={"ensure_ascii": False}
    )
    answer["Cache-Control"] = "no-store, private"
    if isinstance(error, TooMany):
        answer["Retry-After"] = str(error.facts["wait"])
    return answer


def only_json(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Turn what pages answer (a way to the login, an error page) into JSON for programs; let nothing be cached."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not request.path.startswith(ROOT):
            return response
        kind = response.headers.get("Content-Type", "")
        if response.status_code in _INSTEAD and not kind.startswith("application/json"):
            error, status = _INSTEAD[response.status_code]
            answer = refusal(error(), status)
            for name in response.headers.keys() - {"Content-Type", "Content-Length", "Location", "Cache-Control"}:
                answer[name] = response[name]
            return answer
        response["Cache-Control"] = "no-store, private"
        return response

    return middleware


def answer_in_json(api: NinjaAPI) -> None:
    """Give the interface its answers to everything that can be raised."""
    api.add_exception_handler(AuthenticationError, lambda _, __: refusal(NotIn(), HTTPStatus.UNAUTHORIZED))
    api.add_exception_handler(HttpError, _not_allowed)
    api.add_exception_handler(Http404, lambda _, __: refusal(NotThere(), HTTPStatus.NOT_FOUND))
    api.add_exception_handler(TooMany, lambda _, error: refusal(error, HTTPStatus.TOO_MANY_REQUESTS))  # type: ignore[arg-type]
    api.add_exception_handler(AccessDenied, _denied)
    api.add_exception_handler(ValidationError, _unreadable)
    api.add_exception_handler(ShouwangError, _said)


def _not_allowed(_: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    """What the framework itself refuses: a body that is no JSON, a session without its CSRF token."""
    assert isinstance(error, HttpError)
    wrong, status = _INSTEAD.get(error.status_code, (NotAllowed, HTTPStatus.BAD_REQUEST))
    return refusal(wrong(), status)


def _denied(request: HttpRequest, error: AccessDenied | type[AccessDenied]) -> HttpResponse:
    """A refusal is recorded, and answered as if there were nothing."""
    assert isinstance(error, AccessDenied)
    facts = {name: str(error.facts.get(name, "")) for name in ("permission_code", "unit")}
    by = request.user if isinstance(request.user, User) else None
    audit.note(by=by, verb="access.denied", result=Result.DENIED, path=request.path, asked=facts)
    return refusal(NotThere(), HTTPStatus.NOT_FOUND)


def _unreadable(_: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
    """The places that could not be read, never what stood there."""
    assert isinstance(error, ValidationError)
    places = dict.fromkeys(".".join(str(part) for part in one["loc"][1:] or one["loc"]) for one in error.errors)
    return refusal(Unreadable(problems="、".join(places) or "内容不是 JSON"), HTTPStatus.UNPROCESSABLE_ENTITY)


def _said(_: HttpRequest, error: Any) -> HttpResponse:
    """409 where somebody else was quicker, else 422."""
    conflict = getattr(error, "conflict", False) or getattr(error, "status", 0) == HTTPStatus.CONFLICT
    return refusal(error, HTTPStatus.CONFLICT if conflict else HTTPStatus.UNPROCESSABLE_ENTITY)
