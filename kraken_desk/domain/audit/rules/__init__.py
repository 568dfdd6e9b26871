"""The rules, one small function each, in files by subject. Importing this package registers them."""

from __future__ import annotations

from functools import cache

from kraken_desk.domain.audit.engine import REGISTRY, Rule
from kraken_desk.domain.audit.rules import (
    ages,
    allowlists,
    checks,
    nonces,
    places,
    processes,
    rights,
    toxic,
)

__all__ = [
    "ages",
    "allowlists",
    "checks",
    "nonces",
    "places",
    "processes",
    "rights",
    "toxic",
]


def all_rules() -> tuple[Rule, ...]:
    """Return every rule, by subject."""
    return REGISTRY.all()


@cache
def tree_rules() -> tuple[Rule, ...]:
    """Return the rules that need nothing but a key's last check."""
    return tuple(rule for rule in REGISTRY.all() if rule.for_tree)
