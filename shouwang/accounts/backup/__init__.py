"""Backups that prove themselves: encrypted, with a manifest of their content, restored and compared in a drill.

GB/T 22239 数据备份恢复 a–b. An integrity check is no test of a backup: the bare main file of a WAL database passes it and
holds nothing. A restore here compares the audit head, every row count and a hash of every table.
"""

from shouwang.accounts.backup.steps import Certificate, drill, make, newest, restore

__all__ = ["Certificate", "drill", "make", "newest", "restore"]
