"""Policy as code: the present state as a file, and an audit that a file takes part in."""

from __future__ import annotations

from kraken_desk.domain.audit.dossier import Dossier
from kraken_desk.domain.audit.findings import Finding
from kraken_desk.domain.audit.policy_findings import policy_findings
from kraken_desk.domain.policy import Policy, PolicyState, policy_of
from kraken_desk.domain.policy_file import policy_text
from kraken_desk.services.audit import AuditService
from kraken_desk.services.limits import LimitsService
from kraken_desk.services.roles import RolesService


class PolicyService:
    """Of one environment; changes nothing."""

    def __init__(self, audit: AuditService, roles: RolesService, limits: LimitsService) -> None:
        self._audit = audit
        self._roles = roles
        self._limits = limits

    async def state(self) -> PolicyState:
        """Return the facts that a policy is compared with."""
        standing = await self._limits.standing()
        return PolicyState(await self._audit.facts(), await self._roles.load(), standing.limits)

    async def export(self) -> str:
        """Write the present state as a policy; the same state gives the same text."""
        return policy_text(policy_of(await self.state()))

    async def findings(self, policy: Policy) -> tuple[Finding, ...]:
        """Judge by the policy alone; raises InputError for one of another environment."""
        return policy_findings(policy, await self.state())

    async def dossier(self, policy: Policy) -> Dossier:
        """Audit, and judge by the policy as well; raises InputError for one of another environment."""
        return await self._audit.dossier(await self.findings(policy))
