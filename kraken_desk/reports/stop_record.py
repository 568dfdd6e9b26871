"""The record of an emergency stop: one page of HTML that needs nothing else, on a screen or on paper."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from unicodedata import category

from kraken_desk.domain.stop import (
    NOT_STOPPED,
    StepKind,
    StopRun,
    StopStep,
    seconds_text,
    step_title,
    summary,
)

_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
_HEADS = {
    StepKind.TRADING: "Futures trading of subaccounts",
    StepKind.LEASE: "Processes of this machine",
    StepKind.REVOKE: "Keys to delete at Kraken",
}

_STYLE = """
:root{color-scheme:light dark;--ink:#15171c;--soft:#5b6270;--line:#d7dbe2;--page:#fff}
@media (prefers-color-scheme:dark){:root{--ink:#e8eaee;--soft:#9aa3b2;--line:#2c313b;--page:#14161a}}
body{margin:2rem auto;max-width:52rem;padding:0 1rem;background:var(--page);color:var(--ink);
font:14px/1.45 system-ui,sans-serif}
h1{font-size:1.35rem;margin:0}h2{font-size:1rem;margin:1.4rem 0 .4rem}p{margin:.3rem 0}
.soft{color:var(--soft)}
table{border-collapse:collapse;width:100%}
td,th{border-bottom:1px solid var(--line);padding:.3rem .6rem .3rem 0;
text-align:left;vertical-align:top;overflow-wrap:anywhere}th{color:var(--soft);font-weight:500}
td.time{white-space:nowrap}
@media print{:root{--ink:#000;--soft:#444;--line:#999;--page:#fff}body{margin:0;max-width:none;font-size:11px}
@page{margin:16mm;size:A4}tr{break-inside:avoid}}
"""


def stop_html(run: StopRun, made_at: datetime, *, styled: bool = True) -> str:
    """Write the record; `styled` False leaves the style sheet to whoever prints it."""
    what = "Drill of an emergency stop" if run.drill else "Emergency stop"
    style = f"<style>{_STYLE}</style>" if styled else ""
    ended = _time(run.ended_at) if run.ended_at else "not finished"
    parts = [
        (
            f"<h1>{what}</h1><p class='soft'>Kraken Desk, {_text(run.environment)}, {_text(run.stop_id)}, "
            f"made {_time(made_at)}</p>"
        ),
        f"<p>Begun {_time(run.started_at)}, ended {ended}. {_text(summary(run))}.</p>",
    ]
    if run.unwritten:
        parts.append("<p><b>The results could not all be written to the profile while it ran.</b></p>")
    for kinds in ((StepKind.TRADING, StepKind.FIND), (StepKind.LEASE,), (StepKind.REVOKE,)):
        steps = run.of(*kinds)
        rows = "".join(map(_row, steps)) or "<tr><td>None.</td></tr>"
        head = (
            "<tr><th>Step</th><th>State</th><th>Began</th><th>Took</th><th>Result</th></tr>" if steps else ""
        )
        parts.append(f"<h2>{_HEADS[kinds[0]]}</h2><table>{head}{rows}</table>")
    parts.append(f"<p class='soft'>{_text(NOT_STOPPED)}</p>")
    parts.append("<p class='soft'>Done by: ____________________ &nbsp; Seen by: ____________________</p>")
    return (
        "<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width'>"
        f"<title>{what} {_text(run.stop_id)}</title>{style}</head><body>{''.join(parts)}</body></html>\n"
    )


def _row(step: StopStep) -> str:
    proof = ""
    if step.proof_asked_at is not None:
        said = step.proof_text or "The answer to the call is not known."
        proof = f"<br>{_time(step.proof_asked_at)}: {_text(said)}"
    page = f"<br>{_text(step.page)}" if step.page else ""
    began = _time(step.started_at) if step.started_at else ""
    return (
        f"<tr><td>{_text(step_title(step))}</td><td>{_text(step.state.value)}</td>"
        f"<td class='time'>{began}</td><td class='time'>{seconds_text(step.took)}</td>"
        f"<td>{_text(step.result)}{page}{proof}</td></tr>"
    )


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"[:-3] + " UTC"


def _text(value: object) -> str:
    """Escape a value; characters that turn or hide text are shown by number."""
    text = " ".join(str(value).split("\n"))
    return escape("".join(f"<{ord(c):04x}>" if category(c) in _UNSEEN else c for c in text))
