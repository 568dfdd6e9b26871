"""TransferForm: venue, both ends, asset and amount; says what was typed, judges nothing itself."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QTabBar, QVBoxLayout, QWidget

from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.money import Asset
from kraken_desk.domain.transfers import Route, TransferEnd
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.dialogs.transfer_draft import FormField, TransferDraft
from kraken_desk.ui.dialogs.transfer_steps import TransferStart, TransferSteps
from kraken_desk.ui.models.fleet_figures import main_asset
from kraken_desk.ui.theme import Theme, metrics, set_role
from kraken_desk.ui.widgets.account_combo import AccountCombo
from kraken_desk.ui.widgets.amount_edit import AmountEdit

_VENUES = tuple(Venue)


class TransferForm(QWidget):
    """The fields of a transfer.

    Signals:
        changed: something was chosen or typed.
        venue_changed: another venue was chosen; ends and assets have been filled anew.
    """

    changed = Signal()
    venue_changed = Signal()

    def __init__(
        self,
        steps: TransferSteps,
        environment: Environment,
        theme: Theme,
        start: TransferStart,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._steps = steps
        self._environment = environment
        self._listed: tuple[Asset, ...] = ()
        self._wanted = start.asset
        """The asset a person chose; until then the form proposes what the source holds."""
        self._make_widgets(theme)
        self._arrange()
        self._connect()
        self._open_with(start)

    @property
    def venue(self) -> Venue:
        return _VENUES[self._tabs.currentIndex()]

    def end(self, combo: AccountCombo) -> TransferEnd | None:
        chosen = combo.chosen()
        return next((e for e in self._steps.ends(self.venue) if e.account.account_id == chosen), None)

    def draft(self) -> TransferDraft:
        """Return the form as it stands, with what is known about the asset."""
        asset = self._asset()
        return TransferDraft(
            environment=self._environment.name,
            venue=self.venue,
            source=self.end(self._source),
            destination=self.end(self._destination),
            asset=asset,
            amount_text=self._amount.text(),
            places=None if asset is None else self._steps.places(self.venue, asset),
            available=self._available(asset),
        )

    def list_assets(self, assets: tuple[Asset, ...]) -> None:
        """Offer the venue's assets after those that the source holds."""
        self._listed = assets
        self._fill_assets()

    def show_errors(self, errors: dict[FormField, KrakenDeskError]) -> None:
        for name, field in self._fields.items():
            error = errors.get(name)
            if error is None:
                field.clear_error()
            else:
                field.show_error(error)

    def focus_error(self) -> None:
        """Put the focus on the first field with an error."""
        wrong = next((f for f in self._fields.values() if f.has_error), None)
        if wrong is not None:
            wrong.control.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_missing(self) -> None:
        """Put the focus where the operator goes on: the first end not chosen, else the amount."""
        ends = [combo for combo in (self._source, self._destination) if combo.chosen() is None]
        (ends[0] if ends else self._amount).setFocus(Qt.FocusReason.OtherFocusReason)

    # making

    def _make_widgets(self, theme: Theme) -> None:
        self._tabs = QTabBar()
        self._tabs.setObjectName("venue")
        self._tabs.setAccessibleName("Venue")
        self._tabs.setExpanding(False)
        for venue in _VENUES:
            self._tabs.addTab(venue.label)
        self._source, self._destination = AccountCombo(theme), AccountCombo(theme)
        self._asset_combo = QComboBox()
        self._asset_combo.setMaxVisibleItems(14)
        self._amount = AmountEdit()
        self._swap = QPushButton("Swap")
        self._swap.setObjectName("swap")
        self._swap.setToolTip("Swap From and To")
        self._swap.setAccessibleName("Swap From and To")
        self._swap.setAutoDefault(False)
        set_role(self._swap, "quiet")
        theme.dress(self._swap, "swap", "muted")
        self._fields = {
            FormField.SOURCE: Field("From", self._source, name="source"),
            FormField.DESTINATION: Field("To", self._destination, name="destination", corner=self._swap),
            FormField.ASSET: Field("Asset", self._asset_combo, name="asset"),
            FormField.AMOUNT: Field("Amount", self._amount, name="amount"),
        }

    def _arrange(self) -> None:
        money = QHBoxLayout()
        money.setSpacing(metrics.GAP + 4)
        asset_field = self._fields[FormField.ASSET]
        asset_field.setFixedWidth(150)
        money.addWidget(asset_field, 0, Qt.AlignmentFlag.AlignTop)
        money.addWidget(self._fields[FormField.AMOUNT], 1, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(metrics.GAP + 4)
        layout.addWidget(self._tabs)
        layout.addWidget(self._fields[FormField.SOURCE])
        layout.addWidget(self._fields[FormField.DESTINATION])
        layout.addLayout(money)

    def _connect(self) -> None:
        self._tabs.currentChanged.connect(self._on_venue_changed)
        self._source.currentIndexChanged.connect(self._on_source_changed)
        self._destination.currentIndexChanged.connect(lambda _row: self.changed.emit())
        self._asset_combo.currentIndexChanged.connect(lambda _row: self._on_asset_chosen())
        self._amount.amount_changed.connect(self.changed)
        self._swap.clicked.connect(self._on_swap)

    def _open_with(self, start: TransferStart) -> None:
        usable = [venue for venue in _VENUES if any(not end.reason for end in self._steps.ends(venue))]
        one = len(usable) == 1  # the other venue could only say why nothing can be chosen there
        with QSignalBlocker(self._tabs):
            self._tabs.setCurrentIndex(_VENUES.index(usable[0] if one else start.venue))
        self._tabs.setHidden(one or not self._environment.futures_url)
        self._fill_ends()
        self._source.choose(start.source)
        self._destination.choose(start.destination)
        self._propose_destination()
        self._fill_assets()

    # keeping the choices

    def _asset(self) -> Asset | None:
        data = self._asset_combo.currentData()
        return Asset(data) if isinstance(data, str) and data else None

    def _available(self, asset: Asset | None) -> Decimal | None:
        source = self.end(self._source)
        if source is None or asset is None:
            return None
        account_id = source.account.account_id
        route = Route(
            self._environment.name, self.venue, account_id, account_id, source.wallet, source.wallet
        )
        balance = self._steps.available(route, asset)
        if balance is not None:
            return balance.available
        held = self._steps.held(account_id, self.venue)
        return Decimal(0) if held and asset not in held else None

    def _fill_ends(self) -> None:
        ends = self._steps.ends(self.venue)
        for combo in (self._source, self._destination):
            with QSignalBlocker(combo):
                combo.fill(ends, self.venue)

    def _fill_assets(self) -> None:
        """List what the source holds first, then the rest of the venue's assets."""
        source = self._source.chosen()
        held = self._steps.held(source, self.venue) if source is not None else ()
        others = tuple(asset for asset in self._listed if asset not in held)
        with QSignalBlocker(self._asset_combo):
            self._asset_combo.clear()
            for asset in (*held, *others):
                self._asset_combo.addItem(str(asset), str(asset))
            if held and others:
                self._asset_combo.insertSeparator(len(held))
            self._asset_combo.setCurrentIndex(self._asset_combo.findData(self._proposal(held, others)))
        self._on_asset_changed()

    def _proposal(self, held: tuple[Asset, ...], others: tuple[Asset, ...]) -> str:
        """Return what a person chose, else the main asset that the source can move, else any it holds."""
        if self._wanted is not None and self._wanted in (*held, *others):
            return str(self._wanted)
        movable = tuple(asset for asset in held if self._available(asset) != 0)
        return str(main_asset(movable or held or others) or "")

    def _on_asset_chosen(self) -> None:
        """Keep a person's choice; what the form fills in by itself arrives with signals blocked."""
        self._wanted = self._asset()
        self._on_asset_changed()

    def _on_asset_changed(self) -> None:
        asset = self._asset()
        self._amount.set_places(None if asset is None else self._steps.places(self.venue, asset))
        available = self._available(asset)
        self._amount.set_available(available)
        hint = "The source holds none of it that can be moved." if available == 0 else ""
        if available is None and asset is not None and self._source.chosen() is not None:
            hint = "What can be moved is known when the figures have been read."
        self._fields[FormField.AMOUNT].set_hint(hint)
        self.changed.emit()

    def refresh_available(self) -> None:
        """Take over figures that were read anew."""
        self._amount.set_available(self._available(self._asset()))

    def _on_source_changed(self) -> None:
        self._propose_destination()
        self._fill_assets()

    def _propose_destination(self) -> None:
        """Propose the master for money of a subaccount while no destination is chosen."""
        source = self.end(self._source)
        if source is None or source.account.is_master or self._destination.chosen() is not None:
            return
        masters = [e.account for e in self._steps.ends(self.venue) if e.account.is_master and not e.reason]
        if len(masters) == 1:
            with QSignalBlocker(self._destination):
                self._destination.choose(masters[0].account_id)

    def _on_venue_changed(self) -> None:
        self._listed = ()
        self._fill_ends()
        self._fill_assets()
        self.venue_changed.emit()

    def _on_swap(self) -> None:
        source, destination = self._source.chosen(), self._destination.chosen()
        with QSignalBlocker(self._source), QSignalBlocker(self._destination):
            self._source.choose(destination)
            self._destination.choose(source)
        self._fill_assets()
