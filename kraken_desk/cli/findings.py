"""Noticed changes of facts as JSON documents."""

from __future__ import annotations

from kraken_desk.cli import documents
from kraken_desk.cli.output import Document
from kraken_desk.domain.drift import DriftEvent


def drift_document(event: DriftEvent, name: str) -> Document:
    return {
        "key": name,
        "seen_at": documents.value(event.seen_at),
        "fact": event.change.fact,
        "before": event.change.before,
        "after": event.change.after,
        "text": event.change.text,
    }
