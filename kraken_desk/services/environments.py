"""Environments of a profile: the built-in ones and the operator's own."""

from __future__ import annotations

from kraken_desk.domain.environments import BUILT_IN, Environment, EnvironmentName, named
from kraken_desk.domain.errors import InputError, UnknownNameError
from kraken_desk.services.ports import MetadataStore


class EnvironmentsService:
    """Lists, adds and removes environments; the seal rules are the domain's."""

    def __init__(self, store: MetadataStore) -> None:
        self._store = store

    async def all(self) -> tuple[Environment, ...]:
        return (*BUILT_IN, *await self._store.environments())

    async def named(self, name: str) -> Environment:
        """Find an environment; raises UnknownNameError."""
        known = await self.all()
        found = next((e for e in known if e.name.casefold() == name.strip().casefold()), None)
        if found is None:
            names = ", ".join(e.name for e in known)
            raise UnknownNameError("No such environment", f"“{name}” is not known.", f"Known: {names}, demo.")
        return found

    async def add(self, name: str, kind: str, **urls: str) -> Environment:
        """Add an environment; raises InputError for bad values or a taken name."""
        environment = named(name, kind, **urls)
        if any(e.name.casefold() == environment.name.casefold() for e in await self.all()):
            raise InputError(
                "The name is taken", f"An environment “{environment.name}” exists.", "Choose another name."
            )
        await self._store.save_environment(environment)
        return environment

    async def remove(self, name: str) -> Environment:
        """Remove an environment of the operator's that holds no keys any more."""
        environment = await self.named(name)
        if environment in BUILT_IN:
            raise InputError("The environment is built in", f"“{environment.name}” stays.", "")
        keys = await self._store.slots(environment.name)
        if keys:
            raise InputError(
                "The environment holds keys",
                f"{len(keys)} keys belong to “{environment.name}”.",
                "Remove its keys first.",
            )
        await self._store.remove_environment(environment.name)
        return environment

    async def in_use(self) -> tuple[Environment, ...]:
        """Return the environments that hold at least one key."""
        return tuple([e for e in await self.all() if await self._store.slots(EnvironmentName(e.name))])
