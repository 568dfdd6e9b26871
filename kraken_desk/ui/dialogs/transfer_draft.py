"""What is typed into the transfer form, judged field by field before anything is asked of Kraken."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.errors import InputError, InvalidAmountError, KrakenDeskError, SameAccountError
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.money import Amount, Asset, parse_quantity
from kraken_desk.domain.transfers import Route, TransferEnd


class FormField(StrEnum):
    """The fields an error can stand beside."""

    SOURCE = "source"
    DESTINATION = "destination"
    ASSET = "asset"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class TransferDraft:
    """The form as it stands; `places` and `available` are None when not known."""

    environment: EnvironmentName
    venue: Venue
    source: TransferEnd | None
    destination: TransferEnd | None
    asset: Asset | None
    amount_text: str
    places: int | None = None
    available: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """A route and a quantity as far as they are good, and the errors of the fields that are not."""

    route: Route | None = None
    asset: Asset | None = None
    quantity: Decimal | None = None
    errors: dict[FormField, KrakenDeskError] = field(default_factory=dict)

    @property
    def ready(self) -> bool:
        return self.route is not None and self.asset is not None and self.quantity is not None


def judge(draft: TransferDraft) -> Judgement:
    """Find everything that can be told from the form alone."""
    errors: dict[FormField, KrakenDeskError] = {}
    route = _route(draft, errors)
    if draft.asset is None:
        errors[FormField.ASSET] = InputError("No asset", "Nothing is chosen.", "Choose what to move.")
    quantity = _quantity(draft, errors)
    return Judgement(route, draft.asset, quantity, errors)


def _route(draft: TransferDraft, errors: dict[FormField, KrakenDeskError]) -> Route | None:
    source, destination = draft.source, draft.destination
    if source is None:
        errors[FormField.SOURCE] = InputError("No source", "Nothing is chosen.", "Choose an account.")
    if destination is None:
        errors[FormField.DESTINATION] = InputError(
            "No destination", "Nothing is chosen.", "Choose an account."
        )
    if source is None or destination is None:
        return None
    if source.account.account_id == destination.account.account_id:
        errors[FormField.DESTINATION] = SameAccountError(
            "Both ends are the same account", "Nothing would move.", "Choose two different accounts."
        )
        return None
    return Route(
        draft.environment,
        draft.venue,
        source.account.account_id,
        destination.account.account_id,
        source.wallet,
        destination.wallet,
    )


def _quantity(draft: TransferDraft, errors: dict[FormField, KrakenDeskError]) -> Decimal | None:
    try:
        quantity = parse_quantity(draft.amount_text, decimals=draft.places)
    except InvalidAmountError as error:
        errors[FormField.AMOUNT] = error
        return None
    if draft.available is not None and quantity > draft.available and draft.asset is not None:
        errors[FormField.AMOUNT] = InvalidAmountError(
            "More than is available",
            f"{Amount(draft.available, draft.asset)} can be moved.",
            "Lower the amount, or free what is on hold.",
        )
        return None
    return quantity
