"""A rotation as a JSON document and as text."""

from __future__ import annotations

from datetime import timedelta

from kraken_desk.cli import documents
from kraken_desk.cli.output import Document, table
from kraken_desk.cli.wording import moment
from kraken_desk.domain.key_changes import Comparison
from kraken_desk.domain.keys import masked
from kraken_desk.domain.rotation import STEPS, Generation, Stage
from kraken_desk.domain.rotation_evidence import COST, UNOBSERVABLE
from kraken_desk.services.rotation_report import RotationReport

COMMANDS: dict[Stage, str] = {
    Stage.CREATE: "paste {name} --api-key KEY --secret-stdin",
    Stage.COMPARE: "compare {name} --accept",
    Stage.HAND_OVER: "hand-over {name}",
    Stage.WATCH: "watch {name}",
    Stage.REVOKE: "revoke {name}",
    Stage.PROVE: "prove {name}",
    Stage.CLEAN_UP: "finish {name}",
}
"""The command that takes each step, after `kraken-desk keys rotate`."""

_WIDEST = 40
"""How many characters of a fact stand in a column."""


def document(report: RotationReport) -> Document:
    rotation, value = report.rotation, documents.value
    return {
        "key": report.slot.name,
        "environment": report.slot.environment,
        "stage": rotation.stage.value,
        "words": report.words,
        "next_step": report.next_step,
        "can_go_back": rotation.can_go_back,
        "can_be_abandoned": rotation.can_be_abandoned,
        "started_at": value(rotation.started_at),
        "changed_at": value(rotation.changed_at),
        "handed_over_at": value(rotation.handed_over_at),
        "serving": "old" if rotation.current == rotation.old else "new",
        "old": _generation(rotation.old),
        "new": _generation(rotation.new) if rotation.new is not None else None,
        "page": report.page or None,
        "form": [{"label": v.label, "value": v.value, "hint": v.hint} for v in report.form],
        "comparison": [comparison(row) for row in report.comparison],
        "lease": documents.lease(report.lease) if report.lease else None,
        "straggler": documents.lease(report.straggler) if report.straggler else None,
        "watch": _watch(report),
        "proof": _proof(report),
        "history": [{"at": value(m.at), "stage": m.stage.value, "note": m.note} for m in report.moves],
    }


def comparison(row: Comparison) -> Document:
    return {
        "label": row.label,
        "old": row.old,
        "new": row.new,
        "differs": row.differs,
        "level": row.level.word,
        "text": row.text,
    }


def text(report: RotationReport) -> str:
    """Write where a rotation stands: the steps, what the present one needs, and the command for it."""
    rotation = report.rotation
    lines = [f"{report.slot.name}: {report.words}", "", *_steps(rotation.stage), ""]
    return "\n".join([*lines, *_present(report), *_following(report)])


def comparison_text(report: RotationReport) -> str:
    """Write the two keys side by side, and how to go on."""
    return "\n".join([comparison_table(report.comparison), "", *_following(report)])


def _following(report: RotationReport) -> list[str]:
    """Return the next step and the command that takes it."""
    stage = report.rotation.stage
    if stage not in COMMANDS:
        return [report.next_step]
    command = COMMANDS[stage].format(name=_quoted(report.slot.name))
    return [report.next_step, f"  kraken-desk keys rotate {command}"]


def span(time: timedelta) -> str:
    """Write a span in its two largest units: 1 d 3 h, 4 min 5 s."""
    seconds = int(time.total_seconds())
    units = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
    parts: list[str] = []
    for name, size in units:
        if seconds >= size or (name == "s" and not parts):
            parts.append(f"{seconds // size} {name}")
            seconds %= size
    return " ".join(parts[:2])


def comparison_table(rows: tuple[Comparison, ...]) -> str:
    """Write both keys side by side; what is too long for a column stands below, line by line."""
    shown, below = [], []
    for row in rows:
        old, new = row.old, row.new
        if max(len(old), len(new)) > _WIDEST:
            below += [f"{row.label}, both keys: {old}"] if old == new else []
            below += [f"{row.label}, old key: {old}", f"{row.label}, new key: {new}"] if old != new else []
            old = new = "below"
        shown.append((row.label, old, new, _judged(row)))
    lines = [table(("", "Old key", "New key", ""), shown), *below]
    lines += [f"! {row.text}" for row in rows if row.text]
    return "\n".join(lines)


def _judged(row: Comparison) -> str:
    if row.differs:
        return "differs"
    return "same" if row.old == row.new else "no worse"


def _steps(present: Stage) -> list[str]:
    done = present is Stage.FINISHED
    place = STEPS.index(present) if present in STEPS else len(STEPS) * done
    marks = ["x" if i < place else ">" if i == place else " " for i in range(len(STEPS))]
    return [f"  [{mark}] {step.value}" for mark, step in zip(marks, STEPS, strict=True)]


def _present(report: RotationReport) -> list[str]:
    """Return what the present step needs to be taken."""
    rotation = report.rotation
    if rotation.stage is Stage.CREATE:
        rows = [(v.label, v.value, v.hint) for v in report.form]
        page = [f"Kraken's page for keys: {report.page}", ""] if report.page else []
        known = "The old key was never read; check it first for values like its own." if not rows else ""
        return [*page, table(("Field", "Value", ""), rows) if rows else known, ""]
    if rotation.stage is Stage.COMPARE:
        return [comparison_table(report.comparison), ""]
    if rotation.stage is Stage.WATCH:
        return [*_watch_lines(report), ""]
    if rotation.proof is not None and rotation.stage in (Stage.REVOKE, Stage.PROVE, Stage.CLEAN_UP):
        asked = f"asked {moment(rotation.proof.asked_at, '')}"
        broken_off = f"The proof was {asked}, and its answer is not known: it was broken off. Ask again."
        return [rotation.proof.text or broken_off, ""]
    return []


def _watch_lines(report: RotationReport) -> list[str]:
    watch, left = report.rotation.watch, report.left
    lines = [
        COST if report.observable else f"{UNOBSERVABLE} Look at the process itself, then use --unobserved."
    ]
    if report.straggler is not None:
        who = report.straggler
        lines.append(f"! “{who.command}” holds the key since before the hand-over. Restart it.")
    if watch is None or left is None:
        return [*lines, "The watch has not begun."]
    if watch.sign:
        lines.append(f"! {watch.sign}")
    quiet = f"Quiet since {moment(watch.quiet_since, '')}; nonces of the old key spent: {watch.looks}."
    due = f"{span(left)} to go." if left else "The time is over: look once more."
    name = _quoted(report.slot.name)
    word = f"To end it now on your own word: kraken-desk keys rotate watch {name} --for 1s --unobserved"
    return [*lines, quiet, due, *([word] if left else [])]


def _watch(report: RotationReport) -> Document | None:
    watch, value = report.rotation.watch, documents.value
    if watch is None or report.left is None:
        return None
    return {
        "quiet_for_s": watch.quiet_for.total_seconds(),
        "quiet_since": value(watch.quiet_since),
        "due_at": value(watch.due_at),
        "left_s": report.left.total_seconds(),
        "looks": watch.looks,
        "last_look_at": value(watch.last_look_at),
        "sign": watch.sign or None,
        "sign_at": value(watch.sign_at),
        "observable": report.observable,
    }


def _proof(report: RotationReport) -> Document | None:
    proof = report.rotation.proof
    if proof is None:
        return None
    return {
        "asked_at": documents.value(proof.asked_at),
        "outcome": proof.outcome.value if proof.outcome else None,
        "text": proof.text,
    }


def _generation(generation: Generation) -> Document:
    return {
        "api_key": generation.api_key,
        "masked": masked(generation.api_key),
        "added_at": documents.value(generation.added_at),
    }


def _quoted(name: str) -> str:
    return name if name.replace("-", "").replace("_", "").isalnum() else f'"{name}"'
