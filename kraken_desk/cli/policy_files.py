"""Reading a policy file on the command line."""

from __future__ import annotations

from pathlib import Path

from kraken_desk.cli.text_files import read_text
from kraken_desk.domain.policy import Policy
from kraken_desk.domain.policy_file import LARGEST_FILE, policy_from


def read_policy(file: Path) -> Policy:
    """Read a policy; raises InputError that names line and field."""
    return policy_from(read_text(file, LARGEST_FILE))
