"""The accounts app."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from shouwang.accounts import checks


class AccountsConfig(AppConfig):
    name = "shouwang.accounts"
    label = "accounts"
    verbose_name = "账号、岗位与审计"

    def ready(self) -> None:
        checks.refuse_unsafe_sqlite()
        register(checks.check_pragmas, Tags.database)
