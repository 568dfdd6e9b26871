"""LegsDialog: choose two wallets of any accounts, and see the legs between them or why there is no way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.legs import Place, accepts
from kraken_desk.domain.money import Amount, Asset, parse_quantity
from kraken_desk.domain.routes import Way
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.dialogs.rows import fact
from kraken_desk.ui.theme import Theme, metrics
from kraken_desk.ui.widgets.amount_edit import AmountEdit
from kraken_desk.ui.widgets.plain_table import PlainTable


@dataclass(frozen=True, slots=True)
class LegsSteps:
    """The services' doors: places, ways between them and figures as known now; nothing is asked for.

    `available` is None where it is not known; `decimals` the finest that every leg takes.
    """

    places: Callable[[], tuple[Place, ...]]
    label: Callable[[Place], str]
    short: Callable[[Place], str]
    way: Callable[[Place, Place, Asset], Way]
    held: Callable[[Place], tuple[Asset, ...]]
    available: Callable[[Place, Asset], Decimal | None]
    decimals: Callable[[Way, Asset], int | None]


class LegsDialog(DialogFrame):
    """Ends accepted with `way`, `asset` and `quantity` set; sends nothing by itself."""

    def __init__(
        self,
        steps: LegsSteps,
        environment: Environment,
        theme: Theme,
        start: Place | None = None,
        parent: QWidget | None = None,
    ) -> None:
        sentence = "From any wallet to any other, in as many legs as it takes. Nothing is sent from here."
        super().__init__("Transfer between wallets", sentence, environment, theme, parent)
        self.setObjectName("legs_dialog")
        self.setFixedWidth(metrics.for_font(metrics.WIDE_DIALOG_WIDTH, theme.fonts.body_px))
        self.way: Way | None = None
        self.asset: Asset | None = None
        self.quantity: Decimal | None = None
        self._steps = steps
        self._make_form()
        self._make_preview()
        self._fill_places(start)
        self._connect()
        self._fill_assets()

    # making

    def _make_form(self) -> None:
        self._source, self._destination, self._asset_combo = QComboBox(), QComboBox(), QComboBox()
        for combo in (self._source, self._destination, self._asset_combo):
            combo.setMaxVisibleItems(16)
        self._amount = AmountEdit()
        self._source_field = Field("From", self._source, name="from_place")
        self._destination_field = Field("To", self._destination, name="to_place")
        self._asset_field = Field("Asset", self._asset_combo, name="legs_asset")
        self._amount_field = Field("Amount", self._amount, name="legs_amount")
        self._asset_field.setFixedWidth(150)
        money = QHBoxLayout()
        money.setSpacing(metrics.GAP + 4)
        money.addWidget(self._asset_field, 0, Qt.AlignmentFlag.AlignTop)
        money.addWidget(self._amount_field, 1, Qt.AlignmentFlag.AlignTop)
        self._form = self.add_page("legs")
        self._form.addWidget(self._source_field)
        self._form.addWidget(self._destination_field)
        self._form.addLayout(money)

    def _make_preview(self) -> None:
        self._legs = PlainTable(
            "way_legs", ("", "Leg", "Endpoint", "Signed by"), spoken="Legs of the way", stretch=1
        )
        self._notes = fact("way_notes", role="hint")
        self._closed = fact("way_closed", role="error")
        self._hints = fact("way_hints", role="hint")
        for widget in (self._legs, self._closed, self._hints, self._notes):
            self._form.addWidget(widget)

    def _fill_places(self, start: Place | None) -> None:
        places = self._steps.places()
        for combo in (self._source, self._destination):
            for place in places:
                combo.addItem(self._steps.label(place), place)
            combo.setCurrentIndex(-1)
        if start in places:
            self._source.setCurrentIndex(places.index(start))

    def _connect(self) -> None:
        self._source.currentIndexChanged.connect(lambda _row: self._fill_assets())
        self._destination.currentIndexChanged.connect(lambda _row: self._fill_assets())
        self._asset_combo.currentIndexChanged.connect(lambda _row: self._on_asset())
        self._amount.amount_changed.connect(self._on_amount)

    # values

    def _ends(self) -> tuple[Place | None, Place | None]:
        found = []
        for combo in (self._source, self._destination):
            row = combo.currentIndex()
            found.append(self._steps.places()[row] if row >= 0 else None)
        return found[0], found[1]

    def _chosen_asset(self) -> Asset | None:
        text = self._asset_combo.currentText()
        return Asset(text) if text else None

    # reacting

    def _fill_assets(self) -> None:
        """Offer what the source holds and the destination's wallet can take."""
        source, destination = self._ends()
        before = self._asset_combo.currentText()
        held = self._steps.held(source) if source is not None else ()
        fitting = [a for a in held if destination is None or accepts(destination.wallet, a)]
        with QSignalBlocker(self._asset_combo):
            self._asset_combo.clear()
            self._asset_combo.addItems([str(asset) for asset in fitting])
            row = self._asset_combo.findText(before)
            money = [self._asset_combo.findText(name) for name in ("USD", "EUR")]
            self._asset_combo.setCurrentIndex(next((r for r in (row, *money) if r >= 0), 0))
        hint = "" if held or source is None else "No figures of this wallet show anything that could move."
        if held and not fitting:
            hint = "The destination's wallet takes none of what the source holds."
        self._asset_field.set_hint("")
        self._source_field.set_hint(hint)
        self._on_asset()

    def _on_asset(self) -> None:
        source, destination = self._ends()
        asset = self._chosen_asset()
        self.way = None
        if source is not None and destination is not None and asset is not None:
            self.way = self._steps.way(source, destination, asset)
        decimals = self._steps.decimals(self.way, asset) if self.way is not None and asset else None
        self._amount.set_places(decimals)
        self._amount.set_available(self._steps.available(source, asset) if source and asset else None)
        self._show_way()
        self._on_amount()

    def _show_way(self) -> None:
        way, short = self.way, self._steps.short
        rows = []
        for number, leg in enumerate(way.legs if way else (), 1):
            ends = f"{short(leg.source)} → {short(leg.destination)}"
            rows.append((str(number), ends, leg.kind.value, leg.key_name or "no key"))
        self._legs.fill(rows)
        self._legs.setVisible(bool(rows))
        reasons = way.reasons() if way is not None else ()
        closed = way is not None and not way.open
        self._closed.setText("\n".join(("Closed:", *(f"· {r.text}" for r in reasons))) if closed else "")
        self._closed.setVisible(closed)
        hints = list(dict.fromkeys(r.hint for r in reasons if r.hint)) if closed else []
        self._hints.setText("\n".join(hints))
        self._hints.setVisible(bool(hints))
        notes = [note for leg in (way.legs if way else ()) for note in leg.notes]
        self._notes.setText("\n".join(dict.fromkeys(notes)))
        self._notes.setVisible(bool(notes))

    def _on_amount(self) -> None:
        self._amount_field.clear_error()
        asset, way = self._chosen_asset(), self.way
        count = len(way.legs) if way else 0
        if way is not None and not way.open:
            self.set_primary("No open way", enabled=False)
        elif way is not None and asset is not None and self._amount.text().strip():
            legs = "1 leg" if count == 1 else f"{count} legs"
            self.set_primary(f"Review {legs}")
        else:
            self.set_primary("Review", enabled=way is not None and way.open)

    def _on_primary(self) -> None:
        source, _ = self._ends()
        asset, way = self._chosen_asset(), self.way
        if way is None or asset is None or source is None or not way.open:
            return
        try:
            quantity = parse_quantity(self._amount.text(), decimals=self._steps.decimals(way, asset))
        except InputError as error:
            self._amount_field.show_error(error)
            self._amount.setFocus()
            return
        available = self._steps.available(source, asset)
        if available is not None and quantity > available:
            self._amount_field.show_error(
                InputError(
                    "More than is available",
                    f"{Amount(available, asset)} can be moved.",
                    "Lower the amount, or free what is on hold.",
                )
            )
            self._amount.setFocus()
            return
        self.asset, self.quantity = asset, quantity
        self.accept()
