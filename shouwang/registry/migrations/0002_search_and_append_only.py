# as migrations are written
"""Names found by their characters, and tables that only grow, in the database itself."""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from shouwang.registry import append_only, search


def install(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    search.install(schema_editor.connection)
    append_only.install(schema_editor.connection)


def remove(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    append_only.remove(schema_editor.connection)
    search.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
