"""Roles of a profile: the starting table, what the operator has made of it, and the file of it all."""

from __future__ import annotations

from kraken_desk.domain.errors import InputError
from kraken_desk.domain.role_file import FileForm, roles_from, roles_text
from kraken_desk.domain.roles import STARTING_ROLES, Role, checked, merged, role_named
from kraken_desk.services.audit_ports import AuditStore
from kraken_desk.services.topics import Topic


class RolesService:
    """Keeps `table` true to the store; roles are of the profile, not of one environment."""

    def __init__(self, store: AuditStore) -> None:
        self._store = store
        self.table: Topic[tuple[Role, ...]] = Topic(STARTING_ROLES)

    async def load(self) -> tuple[Role, ...]:
        """Read the roles, also what another process has changed."""
        self.table.publish(merged(await self._store.edited_roles()))
        return self.table.value

    async def named(self, name: str) -> Role:
        """Find a role; raises UnknownNameError."""
        return role_named(name, await self.load())

    async def save(self, role: Role) -> Role:
        """Change or add a role; raises InputError when it cannot be meant."""
        table = await self.load()
        clean = checked(role, table)
        await self._keep((*(r for r in table if r.role_id != clean.role_id), clean))
        return clean

    async def add(self, role: Role) -> Role:
        """Keep a role beside the others; raises InputError when its id or a name of it is taken."""
        if any(role.role_id == other.role_id for other in await self.load()):
            raise InputError(
                "The name is taken", f"There is a role “{role.role_id}” already.", "Nothing was changed."
            )
        return await self.save(role)

    async def export(self, form: FileForm = FileForm.TOML) -> str:
        return roles_text(await self.load(), form)

    async def import_(self, text: str, form: FileForm = FileForm.TOML) -> tuple[Role, ...]:
        """Take the roles of a file; those it does not name stay. All or nothing; raises InputError."""
        given = roles_from(text, form)
        named = {role.role_id for role in given}
        table = await self.load()
        kept = tuple(role for role in table if role.role_id not in named)
        for role in given:
            checked(role, kept)
        await self._keep((*kept, *given))
        return given

    async def reset(self, name: str | None = None) -> tuple[Role, ...]:
        """Give one role, or all, back their starting form; a role of the operator's own goes."""
        if name is None:
            await self._keep(())
            return self.table.value
        role = await self.named(name)
        if role in STARTING_ROLES:
            raise InputError("Nothing to reset", f"The role {role.role_id} is as it started.", "")
        await self._keep(tuple(r for r in self.table.value if r.role_id != role.role_id))
        return self.table.value

    async def _keep(self, table: tuple[Role, ...]) -> None:
        await self._store.replace_roles(role for role in table if role not in STARTING_ROLES)
        await self.load()
