"""`dataclass` and `field` of the domain: the standard library's to the type checker, lean at run time.

A command is to start quickly, and most of its start would be the making of dataclasses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass, field
else:
    from kraken_desk.domain.lean_dataclass import dataclass, field

__all__ = ("dataclass", "field")
