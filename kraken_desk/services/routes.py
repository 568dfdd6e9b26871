"""Routes: which ways money can take in this environment, from the fleet and figures as known now."""

from __future__ import annotations

from collections import defaultdict

from kraken_desk.domain.accounts import Account, AccountId
from kraken_desk.domain.balances import CASH_WALLET, SPOT_WALLET
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import UnknownNameError
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.legs import Place, wallet_label
from kraken_desk.domain.money import Asset
from kraken_desk.domain.routes import RouteMap, Way
from kraken_desk.domain.transfers import Route
from kraken_desk.services.balances import BalancesService
from kraken_desk.services.fleet import FleetService
from kraken_desk.services.ports import Clock


class RoutesService:
    """Finds ways between places; sends nothing."""

    def __init__(
        self, environment: Environment, fleet: FleetService, balances: BalancesService, clock: Clock
    ) -> None:
        self._environment = environment
        self._fleet = fleet
        self._balances = balances
        self._clock = clock

    def map(self, *, via_master: bool = False) -> RouteMap:
        """Return the map of this moment; ways found on it hold until fleet or figures change."""
        return RouteMap(
            self._fleet.snapshot.value, self._venues(), self._clock.now(), self._wallets(), via_master
        )

    def way(self, source: Place, destination: Place, asset: Asset, *, via_master: bool = False) -> Way:
        return self.map(via_master=via_master).way(source, destination, asset)

    async def find_place(self, text: str, *, venue: Venue | None = None) -> Place:
        """Read a place as `place_named` does; reads the wallets first where the name needs them."""
        try:
            return self.place_named(text, venue=venue)
        except UnknownNameError:
            name, _, wallet = text.rpartition("/")
            if not wallet.strip().lower().startswith(("fi_", "fv_")):
                raise
            account = self._fleet.account_named(name).account_id
            await self._balances.refresh((account,), venues=(Venue.FUTURES,))
            return self.place_named(text, venue=venue)

    def place_named(self, text: str, *, venue: Venue | None = None) -> Place:
        """Read a place: an account, or an account and a wallet as `ACCOUNT/WALLET`.

        Without a wallet it is the account's Spot side, or its holding wallet where the account is
        named by its Futures uid or `venue` says Futures. Raises UnknownNameError.
        """
        name, wallet = text, ""
        if not self._is_account(text) and "/" in text:
            name, _, wallet = text.rpartition("/")
        account = self._fleet.account_named(name)
        wallet = wallet.strip().lower()
        if not wallet:
            by_uid = name.strip() == account.futures_uid
            futures = venue is Venue.FUTURES or (venue is None and by_uid)
            return Place(account.account_id, CASH_WALLET if futures else SPOT_WALLET)
        wallet = {"futures": CASH_WALLET}.get(wallet, wallet)
        place = Place(account.account_id, wallet)
        if place not in self.map().places():
            known = [p.wallet for p in self.map().places() if p.account == account.account_id]
            raise UnknownNameError(
                "No such wallet",
                f"{account.label} has no wallet “{wallet}” here.",
                f"Known wallets: {', '.join(known)}.",
            )
        return place

    def label(self, place: Place) -> str:
        """Return a place's name for people: “Momentum · Futures cash”; a gone account keeps its id."""
        node = self._fleet.snapshot.value.account(place.account)
        return f"{node.account.label if node else place.account} · {wallet_label(place.wallet)}"

    def account(self, place: Place) -> Account:
        """Return the account of a place; raises UnknownNameError when it is gone."""
        node = self._fleet.snapshot.value.account(place.account)
        if node is None:
            raise UnknownNameError("No such account", "The account is no longer in this profile.", "")
        return node.account

    def route(self, source: Place, destination: Place) -> Route:
        """Return a leg's route; its venue is the source's, which planning corrects to the signer's."""
        name = self._environment.name
        return Route(
            name,
            source.venue,
            source.account,
            destination.account,
            source.wallet,
            destination.wallet,
        )

    def _is_account(self, text: str) -> bool:
        return any(node.account.answers_to(text) for node in self._fleet.snapshot.value.accounts())

    def _venues(self) -> frozenset[Venue]:
        urls = {Venue.SPOT: self._environment.spot_url, Venue.FUTURES: self._environment.futures_url}
        return frozenset(venue for venue, url in urls.items() if url)

    def _wallets(self) -> dict[AccountId, frozenset[str]]:
        """Return the Futures wallets that the figures show."""
        found: defaultdict[AccountId, set[str]] = defaultdict(set)
        for sheet in self._balances.snapshot.value.sheets:
            if sheet.venue is Venue.FUTURES:
                found[sheet.account_id] |= {row.wallet for row in sheet.rows}
        return {account: frozenset(wallets) for account, wallets in found.items()}
