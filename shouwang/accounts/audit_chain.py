"""Verify the audit chain, and keep anchors of it outside the database (GB/T 22239 安全审计 c–d).

A chain alone does not see a cut tail: what is left is still a chain. An anchor (number, MAC, time) kept elsewhere does.
Anchors are appended to a file, and printed on paper that leaves the building.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone

from shouwang.accounts import triggers
from shouwang.accounts.audit import Head, audit_ring, head, seal_values
from shouwang.accounts.keyring import KeyMissing
from shouwang.accounts.models import AuditEvent
from shouwang.accounts.triggers import FIRST_PREV
from shouwang.units.errors import ShouwangError

_CHUNK = 2000


class AnchorsDamaged(ShouwangError):
    code = "AUD-04"
    what = "锚点文件 {path} 第{line}行无法解析。"
    why = "锚点是发现审计记录被截尾的唯一依据。"
    do = "请用送达师市或打印留存的锚点核对，并从备份恢复这个文件。"


class BadAnchor(ShouwangError):
    code = "AUD-05"
    what = "锚点“{text}”写法不对。"
    do = "请照打印件输入：序号:校验码，例如 1024:hmac-sm3:a1b2c3:9f…"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A point of the chain, known elsewhere."""

    seq: int
    mac: str
    time: str = ""

    @classmethod
    def typed(cls, text: str) -> Anchor:
        """From paper: `seq:mac`."""
        seq, _, mac = text.strip().partition(":")
        if not seq.isdecimal() or not mac:
            raise BadAnchor(text=text)
        return cls(int(seq), mac)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verification found: the first break, told in words, or none."""

    checked: int
    anchors: int
    broken_at: int | None = None
    explanation: str = ""

    @property
    def intact(self) -> bool:
        return self.explanation == ""

    def sentence(self) -> str:
        if not self.intact:
            return self.explanation
        unanchored = "" if self.anchors else "没有找到锚点，无法排除末尾被截掉；请尽快生成锚点并送出本机。"
        return f"审计链完整：{self.checked} 条记录逐条相符，{self.anchors} 个锚点相符。{unanchored}"


def anchor() -> Anchor:
    """Append the present head to the anchors file and return it for printing."""
    end = head()
    made = Anchor(end.seq, end.mac, timezone.now().isoformat(timespec="seconds"))
    path: Path = settings.SHOUWANG_ANCHORS
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(handle, "a", encoding="utf-8") as file:
        file.write(json.dumps({"seq": made.seq, "mac": made.mac, "time": made.time}) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return made


def anchors() -> list[Anchor]:
    """All anchors in the file."""
    path: Path = settings.SHOUWANG_ANCHORS
    if not path.exists():
        return []
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            content = json.loads(line)
            found.append(Anchor(int(content["seq"]), str(content["mac"]), str(content.get("time", ""))))
        except (ValueError, KeyError, TypeError) as error:
            raise AnchorsDamaged(path=path, line=number) from error
    return found


def verify(extra: Iterable[Anchor] = (), *, using: str = DEFAULT_DB_ALIAS, with_anchors: bool = True) -> Verdict:
    """Walk the whole chain and report the first break.

    `extra` are anchors from paper. `with_anchors=False` leaves the file out: an older backup ends before newer anchors.
    """
    known = [*(anchors() if with_anchors else ()), *extra]
    wanted: dict[int, list[Anchor]] = {}
    for item in known:
        wanted.setdefault(item.seq, []).append(item)
    end = Head(0, FIRST_PREV, None)
    for row in _rows(using):
        trouble = _break_in(row, end) or _disagreement(row, wanted.pop(row["seq"], []))
        if trouble:
            return Verdict(end.seq, len(known), row["seq"], trouble)
        end = Head(row["seq"], row["mac"], row["recorded_at"])
    trouble = _cut(end, [item for items in wanted.values() for item in items if item.seq > 0])
    trouble = trouble or _triggers_gone(using)
    return Verdict(end.seq, len(known), end.seq if trouble else None, trouble)


def _rows(using: str) -> Iterator[dict[str, Any]]:
    names = [field.attname for field in AuditEvent._meta.concrete_fields]
    rows = AuditEvent.objects.using(using).order_by("seq").values_list(*names)
    for row in rows.iterator(chunk_size=_CHUNK):
        yield dict(zip(names, row, strict=True))


def _break_in(row: dict[str, Any], last: Head) -> str:
    seq = row["seq"]
    if seq != last.seq + 1:
        lost = f"第{last.seq + 1}条" if seq == last.seq + 2 else f"第{last.seq + 1}至{seq - 1}条"
        return f"审计链在第{seq}条断开：{lost}不见了，记录被删除过。请保留现场，从备份中找回缺失的记录。"
    if row["prev_mac"] != last.mac:
        return f"审计链在第{seq}条断开：它接的不是第{last.seq}条，有记录被换过或插入过。请保留现场并报告安全负责人。"
    try:
        expected = seal_values(row, audit_ring(), key_id=row["mac"].split(":")[1] if ":" in row["mac"] else "?")
    except KeyMissing as error:
        return f"审计链在第{seq}条无法验证：{error}"
    if row["mac"] != expected:
        return f"审计链在第{seq}条断开：内容与校验码不符，这一条被改动过或是伪造的。请保留现场并报告安全负责人。"
    return ""


def _disagreement(row: dict[str, Any], known: list[Anchor]) -> str:
    if all(item.mac == row["mac"] for item in known):
        return ""
    return f"审计链第{row['seq']}条与留存的锚点不符：整段记录被重写过，密钥可能已泄露。请立即更换密钥并报告安全负责人。"


def _cut(end: Head, beyond: list[Anchor]) -> str:
    if not beyond:
        return ""
    furthest = max(item.seq for item in beyond)
    return f"审计链到第{end.seq}条为止，而锚点记到第{furthest}条：末尾的记录被截掉了。请保留现场，从备份中找回。"


def _triggers_gone(using: str) -> str:
    gone = triggers.missing(connections[using])
    if not gone:
        return ""
    return (
        f"审计表的防改触发器被删除或改写：{'、'.join(gone)}。现有记录相符，但此后的改动拦不住。请恢复触发器并查明原因。"
    )
