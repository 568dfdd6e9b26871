"""How a benchmark's figures and claims are kept and printed."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """One measured comparison; times in milliseconds unless `unit` says otherwise.

    `ratio` is the median of the runs' own ratios: the two halves of a run are measured one right
    after the other, so that a busy machine slows down both. Where that is another number than the
    ratio of the two medians, both are shown. Figures never fail a run.
    """

    name: str
    measured_ms: float
    against: str
    baseline_ms: float
    ratio: float
    runs: int
    note: str = ""
    target: float | None = None
    unit: str = "ms"

    @property
    def of_medians(self) -> float:
        """Return the ratio of the two medians."""
        return self.measured_ms / self.baseline_ms


@dataclass(frozen=True)
class Claim:
    """Something that must be true whatever the machine; a claim that does not hold fails the run."""

    name: str
    holds: bool
    found: str


Result = Figure | Claim


def figure(
    name: str,
    measured_s: list[float],
    against: str,
    baseline_s: list[float],
    note: str = "",
    target: float | None = None,
    unit: str = "ms",
) -> Figure:
    """Compare two series of seconds, or of thousands of another unit, run by run."""
    ratios = [ours / theirs for ours, theirs in zip(measured_s, baseline_s, strict=True)]
    return Figure(
        name,
        median(measured_s) * 1000,
        against,
        median(baseline_s) * 1000,
        median(ratios),
        len(ratios),
        note,
        target,
        unit,
    )


def text(results: list[Result]) -> str:
    return "\n".join(line for item in results for line in _lines(item))


def document(results: list[Result]) -> str:
    figures = [_figure(item) for item in results if isinstance(item, Figure)]
    claims = [asdict(item) for item in results if isinstance(item, Claim)]
    return json.dumps({"figures": figures, "claims": claims}, indent=2)


def _figure(item: Figure) -> dict[str, object]:
    return asdict(item) | {"ratio": round(item.ratio, 3), "ratio_of_medians": round(item.of_medians, 3)}


def _lines(item: Result) -> list[str]:
    if isinstance(item, Claim):
        return [f"{'holds ' if item.holds else 'FAILS '} {item.name}: {item.found}"]
    goal = "" if item.target is None else f" (aim: at most {item.target:g})"
    others = "" if item.runs == 1 else f" run by run, {item.of_medians:.2f} by the medians"
    lines = [
        f"{item.name}: {item.measured_ms:.2f} {item.unit}, {item.ratio:.2f} times{others}{goal}",
        f"    {item.against}: {item.baseline_ms:.2f} {item.unit}; medians of {item.runs} runs",
    ]
    return [*lines, f"    {item.note}"] if item.note else lines
