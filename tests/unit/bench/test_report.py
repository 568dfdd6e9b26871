"""How figures are compared and shown."""

from __future__ import annotations

import json

from bench.report import Claim, document, figure, text


def test_a_ratio_is_the_median_of_the_runs_ratios() -> None:
    """A run that was slow on both sides counts as the others do."""
    found = figure("ours", [0.2, 2.0, 0.3], "theirs", [0.1, 1.0, 0.1], target=2.5)

    assert (found.measured_ms, found.baseline_ms, found.ratio, found.runs) == (300, 100, 2.0, 3)


def test_figures_and_claims_are_shown() -> None:
    """A figure is shown with its baseline and aim, a claim with what was found."""
    shown = text(
        [
            figure("ours", [0.2], "theirs", [0.1], "a note", target=2.5),
            Claim("nothing is lost", False, "3"),
        ]
    )

    assert shown.splitlines() == [
        "ours: 200.00 ms, 2.00 times (aim: at most 2.5)",
        "    theirs: 100.00 ms; medians of 1 runs",
        "    a note",
        "FAILS  nothing is lost: 3",
    ]


def test_both_ratios_are_shown() -> None:
    """The median of the ratios stands beside the ratio of the medians."""
    shown = text([figure("ours", [0.2, 2.0, 0.3], "theirs", [0.1, 1.0, 0.1])])

    assert shown.splitlines()[0] == "ours: 300.00 ms, 2.00 times run by run, 3.00 by the medians"


def test_the_document_holds_both() -> None:
    """The JSON document lists figures and claims apart."""
    found = json.loads(document([figure("ours", [0.2], "theirs", [0.1]), Claim("kept", True, "all")]))

    assert found["figures"][0]["ratio"] == 2.0
    assert found["figures"][0]["ratio_of_medians"] == 2.0
    assert found["claims"] == [{"name": "kept", "holds": True, "found": "all"}]
