"""The repository is the same for everybody: no machine's paths, no registry's address, nobody's secret."""

import hashlib
import re
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

SKIPPED_FOLDERS = {"__pycache__", "build", "dist", "snapshots"}
KEPT_DOT_FOLDERS = {".ci", ".github"}
TEXT_SUFFIXES = {
    "",
    ".css",
    ".html",
    ".json",
    ".lock",
    ".md",
    ".py",
    ".qss",
    ".sh",
    ".sql",
    ".svg",
    ".toml",
    ".txt",
}

MACHINE_PATH = re.compile(
    r"(?<![\w.{}>)/])/(?:root|work|home/\w+|Users/\w+|opt/\w+)/[\w.]|[A-Z]:\\\\?Users\\"
)
REGISTRY = re.compile(
    r"://|--(?:extra-)?index-url|--default-index|--find-links|--trusted-host|^-[if]\s|file:", re.MULTILINE
)
SECRETS = {
    "a private key": re.compile("-----BEGIN [A-Z ]*PRIVATE" + " KEY-----"),
    "a cloud access key": re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    "an access token": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{60,}|glpat-[\w-]{20})\b"),
    "64 bytes in base64, the form of a Kraken secret": re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{86}=="),
}

PUBLISHED = {
    "98c0adc16caa135b": "Kraken docs: the secret of the Spot signing example",
}
"""Digests (first 16 hex digits of SHA-256) of texts in that form which everybody can read at Kraken."""

SIGNING_VECTORS = re.compile(r"signing|vectors")
"""Tests of signing hold published examples: a signature has the form of a secret and is none."""


def text_files(root: Path) -> list[Path]:
    """Return the text files of a checkout, without what tools generate."""
    found = []
    for path in sorted(root.rglob("*")):
        folders = path.relative_to(root).parts[:-1]
        hidden = any(name.startswith(".") and name not in KEPT_DOT_FOLDERS for name in folders)
        if (
            not hidden
            and not SKIPPED_FOLDERS & set(folders)
            and path.suffix in TEXT_SUFFIXES
            and path.is_file()
            and path.name != ".git"  # a worktree's pointer to its repository
        ):
            found.append(path)
    return found


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def machine_paths(text: str) -> list[str]:
    return [match.group() for match in MACHINE_PATH.finditer(text)]


def registry_mentions(text: str) -> list[str]:
    return [match.group() for match in REGISTRY.finditer(text)]


def secrets(text: str) -> list[str]:
    """Name what looks like a secret, with its digest instead of its text."""
    return [
        f"{kind} (digest {digest(match.group())})"
        for kind, pattern in SECRETS.items()
        for match in pattern.finditer(text)
        if digest(match.group()) not in PUBLISHED
    ]


def test_no_file_mentions_a_path_of_one_machine() -> None:
    """No text file names a home folder or another place that exists on one machine only."""
    found = {path.relative_to(ROOT): machine_paths(path.read_text("utf-8")) for path in text_files(ROOT)}

    assert {path: places for path, places in found.items() if places} == {}


def test_no_file_holds_a_secret() -> None:
    """No text file holds something in the form of a secret, except what Kraken publishes in its examples."""
    files = [path for path in text_files(ROOT) if not SIGNING_VECTORS.search(path.name)]

    found = {path.relative_to(ROOT): secrets(path.read_text("utf-8")) for path in files}

    assert {path: kinds for path, kinds in found.items() if kinds} == {}


def test_locks_name_no_registry() -> None:
    """The lock files hold names, versions and hashes; where to fetch them is the machine's own setting."""
    locks = sorted((ROOT / "packaging").glob("*.lock"))

    assert [path.name for path in locks] == [
        "requirements-bundle.lock",
        "requirements-test.lock",
        "requirements.lock",
    ]
    assert {path.name: registry_mentions(path.read_text("utf-8")) for path in locks} == {
        "requirements-bundle.lock": [],
        "requirements-test.lock": [],
        "requirements.lock": [],
    }


@pytest.mark.parametrize(
    "place",
    ["/ro" + "ot/notes.txt", "see /ho" + "me/ann/desk", '"/Us' + 'ers/ann/x"', "C:\\Us" + "ers\\ann"],
)
def test_machine_paths_are_seen(place: str) -> None:
    """Home folders of all three systems are found in running text and in quotes."""
    assert len(machine_paths(f"opened {place} twice")) == 1


def test_paths_of_an_address_are_no_machine_paths() -> None:
    """The path of a URL and places every Linux has are left alone."""
    assert machine_paths("https://example.com/home/ann/x and /usr/share/fonts and {root}/build/x") == []


@pytest.mark.parametrize(
    "line",
    [
        "--index-url x",
        "-i https" + "://packages.example/simple",
        "a @ file" + ":wheels/a.whl",
        "--find-links wheels",
    ],
)
def test_registry_addresses_are_seen(line: str) -> None:
    """Options and addresses that name a registry are found at any line of a lock."""
    assert registry_mentions(f"a==1.0\n{line}\n") != []


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN PRIVATE" + " KEY-----",
        "AKIA" + "A" * 16,
        "ghp_" + "a" * 36,
        'secret = "' + "Ab1/" * 21 + 'Ab=="',
    ],
)
def test_secrets_are_seen(text: str) -> None:
    """Each form of secret is found, and the report does not repeat it."""
    [report] = secrets(f"x {text} y")

    assert "Ab1/" not in report
