"""Small coloured labels: a word with its tone, and the environment's name in words and colour."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from kraken_desk.domain.environments import Environment, EnvironmentKind
from kraken_desk.ui.plain import plain_tip
from kraken_desk.ui.theme import Tone, set_property, set_role

ENVIRONMENT_TONES = {
    EnvironmentKind.DEMO: Tone.ACCENT,
    EnvironmentKind.UAT: Tone.WARN,
    EnvironmentKind.PRODUCTION: Tone.DANGER,
    EnvironmentKind.CUSTOM: Tone.INFO,
}


class Pill(QLabel):
    """A word in its tone; the tone only repeats what the word says."""

    def __init__(
        self, text: str, tone: Tone = Tone.MUTED, tip: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        set_role(self, "pill")
        self.say(text, tone, tip)

    def say(self, text: str, tone: Tone, tip: str = "") -> None:
        self.setText(text)
        self.setToolTip(plain_tip(tip))
        self.setAccessibleName(f"{text}: {tip}" if tip else text)
        set_property(self, "tone", tone.value)


class EnvironmentPill(QLabel):
    """The environment's name, in the colour of its kind."""

    def __init__(self, environment: Environment, parent: QWidget | None = None) -> None:
        super().__init__(environment.name.upper(), parent)
        self.setObjectName("environment")
        self.setAccessibleName(f"Environment {environment.name}")
        set_role(self, "environment")
        set_property(self, "tone", ENVIRONMENT_TONES[environment.kind].value)


def environment_sentence(environment: Environment) -> str:
    """Say in a sentence what an act in this environment touches."""
    if environment.kind is EnvironmentKind.PRODUCTION:
        return "Production: this is real money at Kraken."
    if environment.kind is EnvironmentKind.UAT:
        return "UAT: Kraken's own test system, no real money."
    if environment.kind is EnvironmentKind.DEMO:
        return "Demo: the embedded simulator, no real money."
    return f"Environment “{environment.name}”, at addresses of your own."
