"""The domain's `dataclass`, `field` and `replace`: to the type checker the standard library's, in fact lean.

A command is to start quickly, and most of its start would be the making of dataclasses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass, field, replace
else:
    from kraken_desk.domain.lean_dataclass import dataclass, field, replace

__all__ = ("dataclass", "field", "replace")
