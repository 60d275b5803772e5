"""Where an action comes from: the request's address and number, or the console. Kept beside the call, not passed along."""

from __future__ import annotations

import getpass
import socket
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.conf import settings
from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Origin:
    ip: str = ""
    request_id: str = ""

    @classmethod
    def here(cls) -> Origin:
        """The origin of the code now running."""
        return current.get() or cls()


#: Set by the middleware for the length of a request; empty in commands and workers.
current: ContextVar[Origin | None] = ContextVar("shouwang_origin", default=None)


@dataclass(frozen=True, slots=True)
class Console:
    """Somebody at the server's own command line: trusted by the operating system, named in the audit trail."""

    name: str = field(default_factory=lambda: f"{getpass.getuser()}@{socket.gethostname()}")


def client_ip(request: HttpRequest) -> str:
    """The caller's address. X-Forwarded-For counts only as far as our own proxies wrote it."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    trusted: int = settings.SHOUWANG_PROXIES
    return hops[-trusted] if 0 < trusted <= len(hops) else peer
