"""Which earlier results can be carried on from? Complete ones, of the same premises, that nobody has edited."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from shouwang.intake.account import QUESTIONS
from shouwang.intake.state import STATE, is_placed
from shouwang.policy.book import RuleBook, fingerprint
from shouwang.units.errors import ShouwangError

MANIFEST = "manifest.json"
HOUSEHOLDS, FINDINGS, TABLE = "households.csv", "findings.jsonl", "households.parquet"
#: Under which name the manifest tells the hash of a file that is copied from. That of `households.csv` leaves out its first line.
TOLD = {
    HOUSEHOLDS: "result_sha256",
    FINDINGS: "findings_sha256",
    QUESTIONS: "questions_sha256",
    TABLE: "households_parquet_sha256",
}


class NoPrevious(ShouwangError):
    code = "SIN-01"
    what = "“{folder}”里没有可以接着算的结果：{reason}。"
    do = "请给出上一次 shouwang screen 写出的文件夹，或去掉 --since 全部重算。"


@dataclass(frozen=True)
class Previous:
    """The results of an earlier screening."""

    folder: Path
    manifest: dict[str, Any]

    @classmethod
    def open(cls, folder: Path) -> Previous:
        """Raises NoPrevious when the folder holds no complete results."""
        missing = [name for name in (MANIFEST, STATE, *TOLD) if not (folder / name).is_file()]
        if missing:
            raise NoPrevious(folder=folder, reason=f"缺少 {'、'.join(missing)}")
        try:
            return cls(folder, json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
        except ValueError:
            raise NoPrevious(folder=folder, reason=f"{MANIFEST} 读不出来") from None

    def why_not(self, book: RuleBook) -> str:
        """Why these results cannot be carried on under a rule book; empty when they can."""
        here = premises(book)
        if not is_placed(self.folder) or not self.manifest.keys() >= set(TOLD.values()):
            return "结果文件的版本"
        return "、".join(
            words for name, words in _PREMISES.items() if self.manifest.get("premises", {}).get(name) != here[name]
        )

    def require(self, file: str, sha256: str) -> None:
        """Raises NoPrevious when a file is not the one that was written."""
        if sha256 != self.manifest[TOLD[file]]:
            raise self.edited(file)

    def edited(self, file: str) -> NoPrevious:
        """The error that a file is not the one that was written."""
        return NoPrevious(folder=self.folder, reason=f"{file} 不是当时写出的那一个")


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


_PREMISES = {"policy": "办法", "as_of": "截至日期", "parameters": "参数", "duckdb": "计算引擎的版本"}


def premises(book: RuleBook) -> dict[str, Any]:
    """What must be the same for an earlier result to hold for a household whose facts are the same."""
    return {
        "policy": fingerprint(book.policy.package),
        "as_of": book.as_of.isoformat(),
        "parameters": dict(book.parameters),
        "duckdb": duckdb.__version__,
    }
