"""Give cases and clues the scope columns of their households, and let the database keep them so."""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from shouwang.casework import scope_columns


def install(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    scope_columns.fill(schema_editor.connection)
    scope_columns.install(schema_editor.connection)


def remove(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    scope_columns.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("casework", "0006_scope_columns")]
    operations = [migrations.RunPython(install, remove)]
