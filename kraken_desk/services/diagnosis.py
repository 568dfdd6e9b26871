"""Diagnosis: one thing examined, and the whole of them as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing examined: whether it is well, what was found, and the cure."""

    name: str
    ok: bool
    detail: str
    hint: str = ""


def text_of(findings: Sequence[Diagnosis]) -> str:
    """Write an examination as lines, each with its cure below it where there is one."""
    lines = []
    for finding in findings:
        lines.append(f"{'ok ' if finding.ok else 'BAD'}  {finding.name}: {finding.detail}")
        if not finding.ok and finding.hint:
            lines.append(f"     {finding.hint}")
    return "\n".join(lines)
