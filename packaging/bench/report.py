"""How a benchmark's figures are kept and printed."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """One measured comparison; times in milliseconds."""

    name: str
    measured_ms: float
    against: str
    baseline_ms: float
    runs: int
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.measured_ms / self.baseline_ms


def figure(
    name: str, measured_s: list[float], against: str, baseline_s: list[float], note: str = ""
) -> Figure:
    """Compare the medians of two series of seconds."""
    return Figure(name, median(measured_s) * 1000, against, median(baseline_s) * 1000, len(measured_s), note)


def text(figures: list[Figure]) -> str:
    lines = []
    for item in figures:
        lines.append(f"{item.name}: {item.measured_ms:.1f} ms, {item.ratio:.2f} times")
        lines.append(f"    {item.against}: {item.baseline_ms:.1f} ms; medians of {item.runs} runs")
        if item.note:
            lines.append(f"    {item.note}")
    return "\n".join(lines)


def document(figures: list[Figure]) -> str:
    return json.dumps({"figures": [{**asdict(f), "ratio": round(f.ratio, 3)} for f in figures]}, indent=2)
