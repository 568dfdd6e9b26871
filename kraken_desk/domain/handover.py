"""Handing a key's credentials to one process: in which form, under which names, and how safe that is."""

from __future__ import annotations

import json
import re

from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.handover_form import HandOver, HandOverForm, VariableNames
from kraken_desk.domain.keys import KeySlot, Venue
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.domain.values import dataclass, replace

PIPE_VARIABLE = "KRAKEN_DESK_CREDENTIALS_FD"
FILE_VARIABLE = "KRAKEN_DESK_CREDENTIALS_FILE"
TOKEN_VARIABLE = "KRAKEN_WS_TOKEN"  # noqa: S105  # a variable's name
TOKEN_VALID_S = 900
"""For 15 minutes a token opens connections, which then last (Kraken docs: GetWebSocketsToken)."""

_VARIABLE = r"[A-Za-z_][A-Za-z0-9_]{0,99}"


@dataclass(frozen=True, slots=True)
class Ranked:
    """A form with the reason for its place, the safest first."""

    form: HandOverForm
    why: str


RANKED = (
    Ranked(
        HandOverForm.PIPE,
        "read once from a descriptor; afterwards only the process's own memory holds the secret",
    ),
    Ranked(
        HandOverForm.FILE,
        "a file of yours alone in memory (tmpfs), readable by your other processes until the child ends",
    ),
    Ranked(
        HandOverForm.VARIABLES,
        "what most clients read, but your other processes can see the child's variables while it runs, "
        "and everything that it starts inherits them",
    ),
)


@dataclass(frozen=True, slots=True)
class Preset:
    """The variable names that a client reads by itself, or as `note` says."""

    spot: VariableNames
    futures: VariableNames
    note: str = ""

    def names(self, venue: Venue) -> VariableNames:
        return self.spot if venue is Venue.SPOT else self.futures


PRESETS: dict[str, Preset] = {
    "kraken-cli": Preset(
        VariableNames("KRAKEN_API_KEY", "KRAKEN_API_SECRET"),
        VariableNames("KRAKEN_FUTURES_API_KEY", "KRAKEN_FUTURES_API_SECRET"),
    ),
    "ccxt": Preset(
        VariableNames("KRAKEN_APIKEY", "KRAKEN_SECRET"),
        VariableNames("KRAKENFUTURES_APIKEY", "KRAKENFUTURES_SECRET"),
        "The names of ccxt's own command line; a script of yours reads them itself.",
    ),
    "python-kraken-sdk": Preset(
        VariableNames("KRAKEN_SPOT_API_KEY", "KRAKEN_SPOT_SECRET_KEY"),
        VariableNames("KRAKEN_FUTURES_API_KEY", "KRAKEN_FUTURES_SECRET_KEY"),
    ),
    "freqtrade": Preset(
        VariableNames("FREQTRADE__EXCHANGE__KEY", "FREQTRADE__EXCHANGE__SECRET"),
        VariableNames("FREQTRADE__EXCHANGE__KEY", "FREQTRADE__EXCHANGE__SECRET"),
    ),
    "hummingbot": Preset(
        VariableNames("KRAKEN_API_KEY", "KRAKEN_SECRET_KEY"),
        VariableNames("KRAKEN_API_KEY", "KRAKEN_SECRET_KEY"),
        "Hummingbot keeps an encrypted store of its own; these are its connector's fields, for a script.",
    ),
}

DEFAULT_PRESET = "kraken-cli"


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What `run` is asked for; without `names` the preset of the slot's client counts.

    Without a form, names, preset or token the slot's own way of handing over counts, else variables.
    `anyway` hands over although the key will most likely be refused there.
    """

    slot: str
    command: tuple[str, ...]
    form: HandOverForm | None = None
    preset: str = ""
    names: VariableNames | None = None
    mask: bool = False
    ws_token: bool = False
    anyway: bool = False

    def settled(self, slot: KeySlot) -> RunRequest:
        """Return the request with a form: as asked, else the slot's own, else variables."""
        own = slot.hand_over
        if own is None or self.form or self.preset or self.names or self.ws_token:
            return replace(self, form=self.form or HandOverForm.VARIABLES)
        return replace(
            self,
            form=own.form,
            preset=own.preset,
            names=own.names,
            ws_token=own.ws_token,
            mask=self.mask or own.mask,
        )

    def variable_names(self, slot: KeySlot) -> VariableNames:
        return self.names or preset_for(self.preset or slot.client).names(slot.venue)


def preset_for(client: str) -> Preset:
    """Return the preset of a declared client; the names of kraken-cli for any other."""
    return PRESETS.get(client, PRESETS[DEFAULT_PRESET])


def custom_names(key: str, secret: str) -> VariableNames:
    """Return names of the operator's; raises InputError for what is no variable's name."""
    for name in (key, secret):
        if not re.fullmatch(_VARIABLE, name):
            raise InputError(
                "Not a variable's name",
                "Names consist of letters, digits and _, and do not begin with a digit.",
                "Give names like MY_KEY with --env-key and --env-secret.",
            )
    if key == secret:
        raise InputError("One name for two things", f"Both would be “{key}”.", "Give two names.")
    return VariableNames(key, secret)


def command_line(slot: KeySlot, way: HandOver, command: str, *, home: str = "") -> str:
    """Write the line that starts `command` with the slot's credentials; no secret is in it.

    `home` is the profile's directory where it is not the usual one.
    """
    import shlex  # a run writes no line

    asked = slot.slot_id if slot.name.startswith("-") else slot.name
    words = ["kraken-desk", "run", *(["--home", home] if home else []), "--environment", slot.environment]
    words += _options(slot, way)
    words += [asked, "--"]
    return f"{shlex.join(words)} {command.strip() or 'COMMAND'}"


def _options(slot: KeySlot, way: HandOver) -> list[str]:
    """Return the options of a way, each spelled out, so that the line means the same for ever."""
    options = ["--mask"] if way.mask else []
    if way.ws_token:
        options.append("--ws-token")
    if way.form is not HandOverForm.VARIABLES:
        return [*options, f"--{way.form}"]
    if way.ws_token:
        return [*options, "--env-secret", way.names.secret] if way.names else options
    if way.names:
        return [*options, "--env-key", way.names.key, "--env-secret", way.names.secret]
    return [*options, "--preset", way.preset or (slot.client if slot.client in PRESETS else DEFAULT_PRESET)]


def plain_variables(slot: KeySlot, environment: Environment) -> dict[str, str]:
    """Return what the child is told besides the credentials; nothing of it is secret."""
    facts = {
        "KRAKEN_DESK_KEY_NAME": slot.name,
        "KRAKEN_DESK_VENUE": slot.venue.value,
        "KRAKEN_DESK_ENVIRONMENT": environment.name,
        "KRAKEN_DESK_SPOT_URL": environment.spot_url,
        "KRAKEN_DESK_SPOT_WS_URL": environment.spot_ws_url,
        "KRAKEN_DESK_FUTURES_URL": environment.futures_url,
        "KRAKEN_DESK_FUTURES_WS_URL": environment.futures_ws_url,
    }
    return {name: text for name, text in facts.items() if text}


def document(slot: KeySlot, environment: Environment, secret: ApiSecret, *, is_token: bool) -> bytes:
    """Write the credentials as the JSON document of the pipe and of the file."""
    credentials: dict[str, object]
    if is_token:
        credentials = {"ws_token": secret.reveal(), "valid_s": TOKEN_VALID_S}
    else:
        credentials = {"api_key": slot.api_key, "api_secret": secret.reveal()}
    facts = {
        "version": 1,
        "name": slot.name,
        "venue": slot.venue.value,
        "environment": environment.name,
        "spot_url": environment.spot_url,
        "spot_ws_url": environment.spot_ws_url,
        "futures_url": environment.futures_url,
        "futures_ws_url": environment.futures_ws_url,
    }
    return json.dumps(facts | credentials).encode() + b"\n"
