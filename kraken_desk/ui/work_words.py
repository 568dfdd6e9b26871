"""Running work in words: which groups of tasks are worth a line, and which may be cancelled."""

from __future__ import annotations

from kraken_desk.domain.values import dataclass
from kraken_desk.ui.bridge import CHECK_GROUP, FIRST_GROUP, REFRESH_GROUP, REMOVE_GROUP

_WORDS = {
    CHECK_GROUP: "Checking keys",
    REFRESH_GROUP: "Reading balances",
    REMOVE_GROUP: "Removing the key",
    FIRST_GROUP: "Checking and reading",
}
_CANCELLABLE = (CHECK_GROUP, REFRESH_GROUP)
SENDING_GROUP = "transfers:send"


@dataclass(frozen=True, slots=True)
class Work:
    """One line about running work; a transfer on its way cannot be cancelled."""

    group: str
    text: str
    cancellable: bool


def describe_work(groups: frozenset[str], progress: dict[str, tuple[int, int]]) -> Work | None:
    """Choose the work to show: a transfer first, then what a person may cancel."""
    if SENDING_GROUP in groups:
        return Work(SENDING_GROUP, "Transfer under way", cancellable=False)
    for group, words in _WORDS.items():
        if group in groups:
            done, of = progress.get(group, (0, 0))
            text = f"{words}, {done} of {of}" if of else words
            return Work(group, text, cancellable=group in _CANCELLABLE)
    return None
