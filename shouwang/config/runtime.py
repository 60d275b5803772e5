"""The SQLite this process runs on: the shipped build in place of the system's, and a gate against corrupting builds.

SQLite 3.7.0 to 3.51.2 can corrupt a WAL database when two connections write and checkpoint at the same instant; fixed in
3.51.3 and in the 3.50.7 and 3.44.6 backports. Testing cannot find it reliably, so a version gate stands in its place.
"""

from __future__ import annotations

import importlib
import sys


def use_shipped_sqlite() -> None:
    """Let `import sqlite3` mean the shipped build wherever it is installed. Call before Django touches a database."""
    try:
        shipped = importlib.import_module("pysqlite3")
    except ImportError:
        return  # the gate in accounts.checks decides whether the system's build will do
    sys.modules["sqlite3"] = shipped
    sys.modules["sqlite3.dbapi2"] = importlib.import_module("pysqlite3.dbapi2")
