"""What can be done to units, accounts and posts.

Every action takes `by=`, is one transaction and leaves one audit event. The console of the server may do what its operator
was trusted with; everybody else needs a post.
"""

from shouwang.accounts.actions.bootstrap import issue_token, redeem_token
from shouwang.accounts.actions.factors import confirm_totp, enrol_totp, reset_totp, verify_totp
from shouwang.accounts.actions.kinship import declare_kinship, withdraw_kinship
from shouwang.accounts.actions.people import change_password, create_account, disable_account, reset_password
from shouwang.accounts.actions.posts import end_post, grant_post
from shouwang.accounts.actions.replies import once
from shouwang.accounts.actions.tokens import issue_access_token, redeem_access_token, revoke_access_token
from shouwang.accounts.actions.units import close_unit, create_unit

__all__ = [
    "change_password",
    "close_unit",
    "confirm_totp",
    "create_account",
    "create_unit",
    "declare_kinship",
    "disable_account",
    "end_post",
    "enrol_totp",
    "grant_post",
    "issue_access_token",
    "issue_token",
    "once",
    "redeem_access_token",
    "redeem_token",
    "reset_password",
    "reset_totp",
    "revoke_access_token",
    "verify_totp",
    "withdraw_kinship",
]
