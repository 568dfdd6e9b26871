"""The shape of an answer: which fields it has and of which type, and how two shapes differ."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import Any

Shape = dict[str, set[str]]

DATA_KEYED = {
    "BalanceEx": ("result",),
    "Assets": ("result",),
    "Ledgers": ("result.ledger",),
    "TradeVolume": ("result.fees", "result.fees_maker"),
    "accounts": ("accounts", "accounts.*.balances", "accounts.*.currencies"),
    "subaccounts": ("subaccounts[].flexAccount.currencies",),
}
"""Objects whose keys are data, such as assets: their members are compared as one."""

_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def shape_of(body: bytes, name: str) -> Shape:
    """Describe a JSON answer to the call `name`: path to the types seen there."""
    shape: Shape = defaultdict(set)
    _describe(json.loads(body), "", frozenset(DATA_KEYED.get(name, ())), shape)
    return dict(shape)


def merged(one: Shape, other: Shape) -> Shape:
    return {path: one.get(path, set()) | other.get(path, set()) for path in one.keys() | other.keys()}


def differences(name: str, simulator: Shape, live: Shape) -> list[str]:
    """List what one side has and the other lacks, and fields whose types have nothing in common."""
    lines = []
    for path in sorted(simulator.keys() | live.keys()):
        here, there = simulator.get(path), live.get(path)
        if here is None or there is None:
            if _parent_known(path, simulator, live):
                lines.append(f"{name}: {path}: simulator {_words(here)}, live {_words(there)}")
        elif not here & there:
            lines.append(f"{name}: {path}: simulator {_words(here)}, live {_words(there)}")
    return lines


def _parent_known(path: str, simulator: Shape, live: Shape) -> bool:
    """Say whether both sides have what holds the field; else the holder is listed, or was empty."""
    parent = re.sub(r"(\.[^.\[]+|\[\])$", "", path)
    if parent == path:
        return True
    if path.endswith(("[]", ".*")):
        return False
    return parent in simulator and parent in live


def _describe(value: Any, path: str, data_keyed: frozenset[str], shape: Shape) -> None:
    shape[path or "answer"].add(_type(value))
    if isinstance(value, dict):
        for key, member in value.items():
            step = "*" if path in data_keyed else key
            _describe(member, f"{path}.{step}" if path else step, data_keyed, shape)
    elif isinstance(value, list):
        for item in value:
            _describe(item, f"{path}[]", data_keyed, shape)


def _type(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "number as text" if _NUMBER.fullmatch(value) else "text"
    return "list" if isinstance(value, list) else "object"


def _words(types: set[str] | None) -> str:
    return " or ".join(sorted(types)) if types else "absent"
