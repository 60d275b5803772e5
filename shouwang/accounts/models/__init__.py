"""Units, people, posts, kinship, second factors, access tokens and the audit trail."""

from shouwang.accounts.models.audit import AuditEvent
from shouwang.accounts.models.factors import OneTimeToken, TotpDevice
from shouwang.accounts.models.people import Kinship, Post, User
from shouwang.accounts.models.token import AccessToken, StoredReply
from shouwang.accounts.models.unit import Unit

__all__ = [
    "AccessToken",
    "AuditEvent",
    "Kinship",
    "OneTimeToken",
    "Post",
    "StoredReply",
    "TotpDevice",
    "Unit",
    "User",
]
