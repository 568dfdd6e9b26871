"""The command line at work, to be killed, and the words in which all victims tell what they do."""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
from pathlib import Path
from typing import Any

from kraken_desk.domain.role_file import FileForm, roles_text
from kraken_desk.domain.roles import STARTING_ROLES, Role

ENVIRONMENT = "rehearsal"
IMPORTED = ("rehearsed one", "rehearsed two")
"""The roles that an import brings, always together."""


def say(**words: object) -> None:
    """Tell the campaign in one write, which survives this process."""
    os.write(1, json.dumps(words).encode() + b"\n")


def roles_file(days: int) -> str:
    """Return a file of two roles that say the same number of days: an import takes both or none."""
    return roles_text(tuple(_role(name, days) for name in IMPORTED), FileForm.TOML)


def _role(name: str, days: int) -> Role:
    from dataclasses import replace

    like = next(role for role in STARTING_ROLES if role.role_id == "dashboard")
    return replace(like, role_id=name.replace(" ", "-"), name=name, aliases=(), rotation_days=days)


class Typist:
    """Gives one command after another, at random."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._home = Path(job["home"])
        self._accounts: list[str] = job["accounts"]
        self._round = int(job["round"])
        self._random = random.Random(job["seed"])  # noqa: S311  # a repeatable course, no secret
        self._number = 0

    def work(self) -> None:
        acts = (self._rename, self._check, self._transfer, self._transfer, self._note, self._import)
        say(started=True)
        while True:
            self._number += 1
            self._random.choice(acts)()

    def _rename(self) -> None:
        if key := self._any_key():
            name = f"{self._round}-{self._number}"
            say(act="rename", api_key=key["api_key"], name=name)
            self._told("rename", "keys", "rename", key["name"], name)

    def _check(self) -> None:
        if key := self._any_key():
            say(act="check")
            self._told("check", "keys", "check", key["name"])

    def _note(self) -> None:
        text = f"note {self._round}-{self._number}"
        say(act="note", value=text)
        self._told("note", "accounts", "note", self._accounts[0], text)

    def _import(self) -> None:
        days = self._random.randint(30, 900)
        file = self._home.parent / "out" / "roles.toml"
        file.write_text(roles_file(days), "utf-8")
        say(act="import", value=days)
        self._told("import", "roles", "import", str(file))

    def _transfer(self) -> None:
        one, other = self._random.sample(self._accounts, 2)
        amount = str((self._round * 1000 + self._number) / 1000)
        say(act="transfer")
        words = ["transfer", "--from", one, "--to", other, "--asset", "USD", "--amount", amount, "--yes"]
        code, document = self._command(*words)
        if "transfer" in document:
            say(done="transfer", journal_id=document["transfer"]["id"], state=document["transfer"]["state"])
        else:
            say(refused=str(code))

    def _any_key(self) -> dict[str, Any] | None:
        _, document = self._command("keys", "list")
        own = [key for key in document["keys"] if key["process"] != "Kraken Desk"]
        return self._random.choice(own) if own else None

    def _told(self, act: str, *words: str) -> None:
        code, document = self._command(*words)
        if code:
            say(refused=str(code), title=document.get("error", {}).get("title", ""))
        else:
            say(done=act)

    def _command(self, *words: str) -> tuple[int, dict[str, Any]]:
        """Run one command in this process; return its code and its document."""
        from kraken_desk.app.entry import AppRuntime
        from kraken_desk.cli.parser import run

        where = ["--home", str(self._home), "--environment", ENVIRONMENT, "--json"]
        printed, told = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(told):
            code = run(AppRuntime(), [*where, *words])
        assert isinstance(printed.buffer, io.BytesIO)
        document: dict[str, Any] = json.loads(printed.buffer.getvalue())
        return int(code), document
