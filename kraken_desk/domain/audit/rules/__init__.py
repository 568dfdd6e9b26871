"""The rules, one small function each, in files by subject. Importing this package registers them.

How to add a rule:

1. Write a function below `@rule(…)` (../engine.py) in the file of its subject. It takes the facts of one
   subject and of the fleet (../facts.py) and returns a `Hit` with its evidence as sentences, None when
   all is well, or `Unknown` with the fact that it lacks. It asks nobody and knows no clock but `fleet.now`.
2. Say everything else in the decorator: an id that never changes (mutes and policies name it), group,
   severity, title without a full stop, reason, repairs, and the reference. A new file goes into this
   module's list.
3. Write golden cases into tests/unit/domain/audit/golden_….py: facts that are wrong, facts that are in order,
   and the verdict in full. The tests turn each condition of the rule round and expect some case to notice.

Window, command line, reports and policies show the rule from then on; `audit rules` lists it.
"""

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
