"""The casework app."""

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "shouwang.casework"
    label = "casework"
    verbose_name = "个案"
