"""The words of `run`: its options, what they ask for together, and a reading of plain ones without click.

A run is to start quickly, and the library of the command line takes longer to import than everything
that a run does. So words whose meaning leaves no question are read here; all others (help, mistakes,
`--option=value`, a home that is none) are click's, which is given the same options from the same tables.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from kraken_desk.domain.errors import InputError
from kraken_desk.domain.handover import PRESETS, RunRequest, custom_names
from kraken_desk.domain.handover_form import HandOverForm, VariableNames
from kraken_desk.domain.values import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    """An option of `run`, alone or with a value: its parameter, its help, the value's name for people."""

    word: str
    parameter: str
    text: str
    value: str = ""


OPTIONS = (
    Option("--pipe", "pipe", "Safest: a descriptor, numbered in KRAKEN_DESK_CREDENTIALS_FD."),
    Option("--file", "as_file", "A file in memory, named in KRAKEN_DESK_CREDENTIALS_FILE."),
    Option("--preset", "preset", "Variables as this client reads them.", "CLIENT"),
    Option("--env-key", "env_key", "The variable for the public key.", "NAME"),
    Option("--env-secret", "env_secret", "The variable for the secret, or for the token.", "NAME"),
    Option("--ws-token", "ws_token", "Hand over a WebSocket token (Spot) instead of the pair."),
    Option("--mask", "mask", "Mask the secret in the command's output and errors."),
    Option("--anyway", "anyway", "Also when the key would most likely be refused there."),
)

_FLAGS = {option.word: option.parameter for option in OPTIONS if not option.value}
_VALUES = {option.word: option.parameter for option in OPTIONS if option.value}
_SHARED = {"--home": "home", "--environment": "environment"}
_COMPLETION = "_KRAKEN_DESK_COMPLETE"
"""The variable with which a shell asks click for completions."""


@dataclass(frozen=True, slots=True)
class PlainRun:
    """A run that was asked for in plain words."""

    home: Path | None
    environment: str | None
    as_json: bool
    request: RunRequest


def request_of(
    slot: str,
    command: tuple[str, ...],
    *,
    pipe: bool = False,
    as_file: bool = False,
    preset: str | None = None,
    env_key: str | None = None,
    env_secret: str | None = None,
    ws_token: bool = False,
    mask: bool = False,
    anyway: bool = False,
) -> RunRequest:
    """Return what the options ask for together; raises InputError for a contradiction."""
    if pipe and as_file:
        raise InputError("Two forms", "--pipe and --file exclude each other.", "Give one of them.")
    form = HandOverForm.PIPE if pipe else HandOverForm.FILE if as_file else None
    names = _names(env_key, env_secret, ws_token=ws_token)
    if (preset or names) and form is not None:
        raise InputError(
            "Two forms", f"A {form.value} needs no variables' names.", "Leave out one or the other."
        )
    if preset and names:
        raise InputError("Two kinds of names", "A preset has names of its own.", "Give one or the other.")
    return RunRequest(
        slot=slot,
        command=command,
        form=form,
        preset=preset or "",
        names=names,
        mask=mask,
        ws_token=ws_token,
        anyway=anyway,
    )


def plain_run(words: Sequence[str], variables: Mapping[str, str]) -> PlainRun | None:
    """Read the words after the program's name; None for all that is not plainly a run."""
    if _COMPLETION in variables or "--" not in words:
        return None
    end = list(words).index("--")
    command = tuple(words[end + 1 :])
    read = _read(iter(words[:end]))
    if read is None or not command:
        return None
    flags, values, slot = read
    homes = [home for home in (values.pop("home", ""), variables.get("KRAKEN_DESK_HOME", "")) if home]
    if not all(_is_home(home) for home in homes) or values.get("preset", "ccxt") not in PRESETS:
        return None
    as_json, environment = "as_json" in flags, values.pop("environment", None)
    asked: dict[str, bool] = dict.fromkeys(flags - {"as_json"}, True)
    try:
        request = request_of(slot, command, **asked, **values)  # type: ignore[arg-type]  # by the tables above
    except InputError:
        return None
    return PlainRun(Path(homes[0]) if homes else None, environment, as_json, request)


def _read(words: Iterator[str]) -> tuple[set[str], dict[str, str], str] | None:
    """Return the parameters of the flags, those with their values, and the slot; None for a doubt."""
    flags: set[str] = set()
    values: dict[str, str] = {}
    plain: list[str] = []
    for word in words:
        own = len(plain) > 0  # after the word `run` its own options may come
        parameter = "as_json" if word == "--json" else _FLAGS[word] if own and word in _FLAGS else ""
        name = _SHARED.get(word) or (_VALUES[word] if own and word in _VALUES else "")
        if parameter:
            if parameter in flags:
                return None
            flags.add(parameter)
        elif name:
            value = next(words, "")
            if name in values or not value or value.startswith("-"):
                return None
            values[name] = value
        elif word.startswith("-") or len(plain) == 2:
            return None
        else:
            plain.append(word)
    return (flags, values, plain[1]) if plain[:1] == ["run"] and len(plain) == 2 else None


def _is_home(path: str) -> bool:
    return os.path.isdir(path) and os.access(path, os.R_OK)  # noqa: PTH112  # before anything is made of it


def _names(key: str | None, secret: str | None, *, ws_token: bool) -> VariableNames | None:
    if key is None and secret is None:
        return None
    if ws_token and secret is not None and key is None:
        return custom_names("_", secret)
    if key is None or secret is None or ws_token:
        raise InputError(
            "One name is missing" if not ws_token else "A token has no public key",
            "--env-key and --env-secret go together; with --ws-token only --env-secret counts.",
            "",
        )
    return custom_names(key, secret)
