"""What the rotation dialog says at each stage; pure functions of a report."""

from __future__ import annotations

from datetime import timedelta

from kraken_desk.domain.keys import masked
from kraken_desk.domain.rotation import STEPS, Stage
from kraken_desk.domain.rotation_evidence import COST, UNOBSERVABLE
from kraken_desk.services.rotation_report import RotationReport
from kraken_desk.ui.formatting import moment
from kraken_desk.ui.theme import Tone
from kraken_desk.ui.widgets.facts import Fact

TITLES: tuple[str, ...] = ("Create", "Compare", "Hand over", "Watch", "Revoke", "Prove", "Clean up")

SPANS: tuple[tuple[str, timedelta], ...] = (
    ("10 minutes", timedelta(minutes=10)),
    ("1 hour", timedelta(hours=1)),
    ("1 day", timedelta(days=1)),
    ("3 days", timedelta(days=3)),
    ("7 days", timedelta(days=7)),
)

_PRIMARY: dict[Stage, str] = {
    Stage.CREATE: "Check and store the new key",
    Stage.COMPARE: "Accept and go on",
    Stage.HAND_OVER: "Hand the new key over",
    Stage.REVOKE: "It is deleted at Kraken",
    Stage.PROVE: "Make the one call that must fail",
    Stage.CLEAN_UP: "Remove the old secret",
    Stage.FINISHED: "Close",
    Stage.ABANDONED: "Close",
}

BEFORE = (
    "A new key takes the old one's place in seven steps. The old one is untouched until the new one has "
    "served; every step can be taken back until Kraken has refused the old key. This dialog can be closed "
    "at any time, and goes on from there."
)

BUSY: dict[Stage, str] = {
    Stage.CREATE: "Asking Kraken about the new key …",
    Stage.COMPARE: "Writing it down …",
    Stage.HAND_OVER: "Handing over …",
    Stage.WATCH: "Looking at the old key …",
    Stage.REVOKE: "Writing it down …",
    Stage.PROVE: "Calling Kraken once with the old key …",
    Stage.CLEAN_UP: "Removing the old secret …",
}


def place(stage: Stage) -> int:
    """Return the step's number for the stepper; beyond the last when all is done."""
    if stage is Stage.FINISHED:
        return len(STEPS)
    return STEPS.index(stage) if stage in STEPS else 0


def primary(report: RotationReport) -> str:
    """Name what the main button does now."""
    if report.rotation.stage is not Stage.WATCH:
        return _PRIMARY[report.rotation.stage]
    if report.rotation.watch is None:
        return "Begin to watch"
    return "Take the last look" if not report.left else "Look now"


def explanation(report: RotationReport) -> str:
    """Say what this step means for key and process."""
    rotation, slot = report.rotation, report.slot
    process = slot.process or "the process"
    texts = {
        Stage.CREATE: "Create a key at Kraken with these values, then paste it. The old key stays as it is.",
        Stage.COMPARE: "Kraken accepted the new key. The old one still serves.",
        Stage.HAND_OVER: f"From now on “kraken-desk run” gives {process} the new key. Restart it afterwards; "
        "until then it works on with the old one.",
        Stage.REVOKE: f"The old key {masked(rotation.old.api_key)} was quiet. Delete it on Kraken's page; "
        "only you can do that.",
        Stage.PROVE: "One call with the old key: it must fail. It counts as one failed call of this address.",
        Stage.CLEAN_UP: "Kraken refuses the old key. Its secret can go from the keychain.",
        Stage.FINISHED: "The new key serves, the old one is revoked, and its secret is gone.",
        Stage.ABANDONED: "The old key goes on as before; the new secret is gone.",
    }
    if rotation.stage is Stage.WATCH:
        return COST if report.observable else UNOBSERVABLE
    return texts[rotation.stage]


def watch_facts(report: RotationReport) -> tuple[Fact, ...]:
    """Return how the watch stands."""
    watch, left = report.rotation.watch, report.left
    if watch is None or left is None:
        return ()
    rest = f"{span(left)} to go" if left else "over: a last look decides"
    return (
        Fact("Time", rest, Tone.PLAIN if left else Tone.OK, note=f"of {span(watch.quiet_for)}"),
        Fact("Quiet since", moment(watch.quiet_since)),
        Fact("Looks", f"{watch.looks} nonces of the old key spent" if watch.looks != 1 else "1 nonce spent"),
        Fact("Last look", moment(watch.last_look_at) if watch.last_look_at else "none yet"),
    )


def warnings(report: RotationReport) -> tuple[tuple[str, str], ...]:
    """Return what stands in the way, as title and text."""
    found = []
    rotation = report.rotation
    if report.straggler is not None and rotation.stage is Stage.WATCH:
        who = report.straggler
        text = f"“{who.command}” runs since {moment(who.since)}, before the hand-over. Restart it."
        found.append(("A process still holds the old key", text))
    if rotation.watch is not None and rotation.watch.sign and rotation.stage is Stage.WATCH:
        found.append(("The old key is still used", rotation.watch.sign))
    if rotation.stage in (Stage.REVOKE, Stage.PROVE) and rotation.proof is not None:
        broken_off = "The last call was broken off and its answer is not known."
        found.append(("Not proven yet", rotation.proof.text or broken_off))
    return tuple(found)


def span(time: timedelta) -> str:
    """Write a span in its two largest units: 1 d 3 h, 4 min 5 s."""
    seconds = int(time.total_seconds())
    parts: list[str] = []
    for name, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        if seconds >= size or (name == "s" and not parts):
            parts.append(f"{seconds // size} {name}")
            seconds %= size
    return " ".join(parts[:2])
