"""Units, people, posts, kinship, second factors and the audit trail."""

from shouwang.accounts.models.audit import AuditEvent
from shouwang.accounts.models.factors import OneTimeToken, TotpDevice
from shouwang.accounts.models.people import Kinship, Post, User
from shouwang.accounts.models.unit import Unit

__all__ = ["AuditEvent", "Kinship", "OneTimeToken", "Post", "TotpDevice", "Unit", "User"]
