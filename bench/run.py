"""`make bench`: every contender in turn, at every scale, and the report in `bench/results/`.

    python -m bench.run [--scales 10k,100k,1M] [--only ours,hand_sql] [--runs N] [--merge]

BIG=1 in the environment adds five million households. Contenders run one after another and then all over again
(A B C A B C …), so that a busy minute of the machine does not fall on one of them alone.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from bench import report
from bench.contenders import ALL, CONTENDERS, OPENFISCA_PYTHON, SPARK_SITE, Contender, facts_of
from bench.data import package
from bench.measure import ROOT, Failed, Run, run

_LIMIT_SECONDS = 3600
_SUFFIX = {"k": 1_000, "m": 1_000_000}
Results = dict[int, dict[str, list[Run]]]


def main() -> int:
    """Measure and report. Exit status 1 when hashes differ or a contender failed."""
    options = _options()
    chosen = [one for one in CONTENDERS if not options.only or one.name in options.only]
    _install(chosen)
    results: Results = {}
    failures: list[str] = []
    for scale in options.scales:
        package(scale)
        results[scale] = _in_turn(scale, [one for one in chosen if scale in one.scales], options.runs, failures)
        failures += _differences(scale, results[scale])
        report.write(results, failures, options.merge)
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


def _in_turn(scale: int, chosen: list[Contender], runs: int | None, failures: list[str]) -> dict[str, list[Run]]:
    measured: dict[str, list[Run]] = {one.name: [] for one in chosen}
    for turn in range(runs or _usual_runs(scale)):
        for one in chosen:
            if (one.once and turn) or _lacks(one, scale, failures if turn == 0 else []):
                continue
            if one.before and turn == 0:
                one.before(scale)
            try:
                found = run(one.command(scale), _LIMIT_SECONDS, _environment(one))
            except Failed as failure:
                failures.append(f"{one.name} @ {scale}: {failure}")
                continue
            measured[one.name].append(found)
            print(
                f"{scale:>9,} {one.name:<16} {found.wall:8.2f} s wall {found.cpu:8.2f} s CPU {found.peak_mb:8.0f} MB",
                flush=True,
            )
    return {name: found for name, found in measured.items() if found}


def _usual_runs(scale: int) -> int:
    return 3 if scale <= 100_000 else 2 if scale <= 1_000_000 else 1


def _lacks(one: Contender, scale: int, failures: list[str]) -> bool:
    """Whether something a contender reads was never made."""
    facts = str(facts_of(scale))
    reads = one.before is not None or any(word.startswith(facts) for word in one.command(scale))
    if one.name != "intake" and reads and not Path(facts).exists():
        failures.append(f"{one.name} @ {scale}: no facts; run `intake` first")
        return True
    return bool(one.needs and not one.needs[0].exists())


def _environment(one: Contender) -> dict[str, str]:
    more = one.extra.get("PYTHONPATH_EXTRA")
    return {"PYTHONPATH": f"{ROOT}:{more}"} if more else {}


def _differences(scale: int, measured: dict[str, list[Run]]) -> list[str]:
    """Contenders of one result must agree, run by run."""
    results: dict[str, dict[str, set[str]]] = {}
    for one in CONTENDERS:
        for found in measured.get(one.name, []) if one.result else []:
            results.setdefault(one.result, {}).setdefault(found.said["sha256"], set()).add(one.name)
    return [f"hashes differ at {scale}: {hashes}" for hashes in results.values() if len(hashes) > 1]


def _install(chosen: list[Contender]) -> None:
    """Rivals with needs of their own get a place of their own under `var/bench`."""
    for one in chosen:
        if one.needs and not one.needs[0].exists():
            commands = [_pip(sys.executable, "--target", SPARK_SITE, one.needs[1])]
            if one.needs[0] == OPENFISCA_PYTHON:
                commands = [
                    [sys.executable, "-m", "venv", OPENFISCA_PYTHON.parents[1]],
                    _pip(OPENFISCA_PYTHON, one.needs[1], "duckdb==2.0.0"),
                ]
            for command in commands:
                subprocess.run(command, check=False)


def _pip(python: str | Path, *words: str | Path) -> list[str | Path]:
    """Install for an interpreter: by uv where it is, for an environment it made has no pip; else by pip."""
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}")
    return [uv, "pip", "install", "-q", "-p", python, *words] if uv else [python, "-m", "pip", "install", "-q", *words]


def _scale(text: str) -> int:
    unit = _SUFFIX.get(text[-1:].lower(), 1)
    return int(text.rstrip("kKmM")) * unit


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=__doc__)
    usual = ALL if os.environ.get("BIG") == "1" else ALL[:-1]
    parser.add_argument("--scales", type=lambda text: [_scale(one) for one in text.split(",")], default=list(usual))
    parser.add_argument("--only", type=lambda text: set(text.split(",")), default=set())
    parser.add_argument("--runs", type=int, default=None)
    parser.add_argument("--merge", action="store_true", help="keep earlier figures of what is not measured now")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
