"""Pre-flight of a whole plan: every leg's checks and all limits together, before the first leg is sent."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kraken_desk.domain.errors import KrakenDeskError, LimitError
from kraken_desk.domain.keys import KeyId
from kraken_desk.domain.limits import Breach, Consent, Cure
from kraken_desk.domain.plans import LegState, PlannedLeg, PlanStanding
from kraken_desk.domain.preflight import precision_check, signing_check
from kraken_desk.domain.transfers import PlanCheck, TransferRequest
from kraken_desk.services.limits import LimitsService
from kraken_desk.services.transfer_planning import open_leg
from kraken_desk.services.transfers import TransfersService


@dataclass(frozen=True, slots=True)
class LegCheck:
    """One leg that is still to go: what signs it, what is known to stand for or against it.

    `destination_label` is the name that a typed confirmation has to repeat.
    """

    leg: PlannedLeg
    endpoint: str
    key_id: KeyId | None
    key_name: str
    destination_label: str
    checks: tuple[PlanCheck, ...]
    breaches: tuple[Breach, ...] = ()
    wants_code: bool = False

    @property
    def sound(self) -> bool:
        return all(check.holds for check in self.checks)


class PlanChecks:
    """Looks at the legs of a plan as if they went one after another."""

    def __init__(self, transfers: TransfersService, limits: LimitsService) -> None:
        self._transfers = transfers
        self._limits = limits

    async def look(self, standing: PlanStanding) -> tuple[LegCheck, ...]:
        """Check the legs still to go: the next one on fresh figures, those after it as far as one can.

        What a later leg moves arrives only by the legs before it, so its funds are checked when its turn
        comes. Sends nothing; what cannot be worked out becomes a check that does not hold.
        """
        rest = [leg.leg for leg in standing.legs if leg.state is not LegState.DONE]
        found = await self._limits_of(rest)
        return tuple(
            [
                await self._check(leg, breaches, first=index == 0)
                for index, (leg, breaches) in enumerate(zip(rest, found, strict=True))
            ]
        )

    async def refuse_breaches(self, standing: PlanStanding, consent: Consent) -> None:
        """Raise LimitError when a limit stops any leg still to go, so that no plan stops half-way by it."""
        rest = [leg.leg for leg in standing.legs if leg.state is not LegState.DONE]
        for leg, breaches in zip(rest, await self._limits_of(rest, consent), strict=True):
            if breaches:
                raise LimitError(
                    f"A limit stands against leg {leg.number}",
                    f"{' '.join(b.text for b in breaches)} Nothing was sent.",
                    " ".join(dict.fromkeys(b.hint for b in breaches)),
                    breaches=breaches,
                )

    async def _limits_of(
        self, legs: list[PlannedLeg], consent: Consent | None = None
    ) -> tuple[tuple[Breach, ...], ...]:
        return await self._limits.breaches_together(
            [(self._request(leg), self._label(leg)) for leg in legs], consent
        )

    async def _check(self, leg: PlannedLeg, breaches: tuple[Breach, ...], *, first: bool) -> LegCheck:
        request, label = self._request(leg), self._label(leg)
        limits = tuple(
            PlanCheck(b.kind, b.cure is not Cure.NOTHING, f"{b.text} {b.hint}", warns=True) for b in breaches
        )
        try:
            way = open_leg(self._transfers.routes.map(), request.route)
        except KrakenDeskError as error:
            closed = PlanCheck("route closed", False, f"{error.detail} {error.hint}".strip())
            return LegCheck(leg, "", None, "", label, (closed, *limits), breaches)
        checks = await (self._first(leg) if first else self._later(leg, request))
        replaced = {c.name for c in limits} | ({"limits"} if limits else set())
        mine = tuple(check for check in checks if check.name not in replaced)
        return LegCheck(
            leg,
            way.kind.value,
            way.key_id,
            way.key_name,
            label,
            (*mine, *limits),
            breaches,
            self._transfers.key_wants_code(way.key_id),
        )

    async def _first(self, leg: PlannedLeg) -> tuple[PlanCheck, ...]:
        route = self._transfers.routes.route(leg.source, leg.destination)
        try:
            plan = await self._transfers.plan(route, leg.asset, leg.quantity)
        except KrakenDeskError as error:
            return (
                PlanCheck(error.title.lower(), False, f"{error.title}. {error.detail} {error.hint}".strip()),
            )
        return plan.checks

    async def _later(self, leg: PlannedLeg, request: TransferRequest) -> tuple[PlanCheck, ...]:
        way = open_leg(self._transfers.routes.map(), request.route)
        decimals = await self._transfers.decimals(request.route, leg.asset)
        try:
            await self._transfers.refuse_blocked(request.route)
        except KrakenDeskError as error:
            free = PlanCheck("route free", False, f"{error.detail} {error.hint}".strip())
        else:
            free = PlanCheck("route free", True, "No transfer with unknown outcome is open on this route.")
        later = PlanCheck("funds in turn", True, "Its funds are read and checked when its turn comes.")
        together = PlanCheck("limits", True, "No limit stands against it, all legs counted together.")
        return (signing_check(way), later, precision_check(leg.asset, decimals), free, together)

    def _request(self, leg: PlannedLeg) -> TransferRequest:
        route = self._transfers.routes.route(leg.source, leg.destination)
        if route.kind is not None:
            route = replace(route, venue=route.kind.venue)
        return TransferRequest(route, leg.asset, leg.quantity)

    def _label(self, leg: PlannedLeg) -> str:
        return self._transfers.routes.account(leg.destination).label
