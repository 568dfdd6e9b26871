"""What the details and the tree say of the audit: health with reasons, the worst case, what a key can do."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kraken_desk.domain.audit.findings import Score
from kraken_desk.domain.balances import BalanceSheet
from kraken_desk.domain.fleet import AccountNode
from kraken_desk.domain.health import Level
from kraken_desk.domain.keys import Venue
from kraken_desk.ui.models.account_tree import AccountTreeModel
from kraken_desk.ui.models.fleet_rows import Column, State, account_row, aged, key_row, score_tone, scored
from kraken_desk.ui.theme import Tone
from kraken_desk.ui.views.audit_facts import ability, account_audit, fleet_audit, key_audit, with_health
from kraken_desk.ui.widgets.facts import Fact
from tests.helpers.builders import NOW, a_balance, a_key, a_master, a_master_with, an_unchecked_key, spot_info
from tests.helpers.judgements import a_judgement
from tests.unit.domain.audit.facts import OPEN, SUB, trader

BOT = trader(facts={"ip_allowlist": OPEN})
MONEY = BalanceSheet(SUB.account_id, Venue.SPOT, (a_balance("1250.5"),), as_of=NOW)
JUDGEMENT = a_judgement(BOT, sheets=(MONEY,))
SLOT = BOT.slot.slot_id


def test_before_the_first_judgement_nothing_is_claimed() -> None:
    """Health is not judged yet, and no worst case is shown as if it were none."""
    facts = (key_audit(SLOT, None), account_audit(SUB.account_id, None), fleet_audit(None))

    assert [(fact.label, fact.text) for found in facts for fact in found] == [
        ("Health", "not judged yet")
    ] * 3


def test_a_key_has_its_health_with_reasons_and_its_worst_case() -> None:
    """The reasons are the titles of what costs points; the worst case is money with its ways."""
    health, worst = key_audit(SLOT, JUDGEMENT)

    assert health.text == f"{JUDGEMENT.report.score(SLOT).value} of 100"
    assert set(health.points) == set(JUDGEMENT.report.score(SLOT).reasons)
    assert worst.text == "1\u202f250.50 USD".replace("\u202f", worst.text[1])
    assert worst.points == ("its orders can lose the account",)
    assert worst.tone is Tone.DANGER


def test_the_gravest_reason_comes_first() -> None:
    """An account's own small finding does not stand before the danger of a key below it."""
    account = next(a for a in JUDGEMENT.facts.account_facts if a.subject.ref == SUB.account_id)
    light = replace(JUDGEMENT.report.findings[-1], subject=account.subject, title="A small thing")
    reasons = ("A small thing", *JUDGEMENT.report.score(SLOT).reasons)
    report = replace(
        JUDGEMENT.report,
        findings=(*JUDGEMENT.report.findings, light),
        scores=((account.subject.ref, Score(40, reasons)),),
    )

    health = account_audit(SUB.account_id, replace(JUDGEMENT, report=report))[0]

    assert health.points == (*JUDGEMENT.report.score(SLOT).reasons, "A small thing")


def test_account_and_fleet_roll_up() -> None:
    """The same figures stand at the account and at the whole, where the key is the only one."""
    account, fleet = account_audit(SUB.account_id, JUDGEMENT), fleet_audit(JUDGEMENT)

    assert account[1].text == fleet[1].text == key_audit(SLOT, JUDGEMENT)[1].text


def test_a_key_that_reaches_unread_money_is_not_called_safe() -> None:
    """Without balances the worst case is not known, which is no zero."""
    _, worst = key_audit(SLOT, a_judgement(BOT))

    assert worst.text == "not known"
    assert "balances that were never read" in "\n".join(worst.points)


def test_what_a_key_can_do_is_one_sentence() -> None:
    """A key that was never checked has none."""
    said = ability(a_key(1, info=spot_info("query-funds", "withdraw-funds")), a_master(1))

    assert said.startswith("Can read balances")
    assert "withdraw to saved addresses outside Kraken" in said
    assert ability(an_unchecked_key(), a_master(1)) == ""


def test_rows_of_the_tree_carry_the_score_and_say_why() -> None:
    """The tip of a key holds the reasons; an account says its health beside its kind."""
    row = key_row(a_key(1), NOW)
    score = Score(55, ("Open", "Old", "Open"))

    judged = scored(row, score)
    account = account_row(AccountNode(a_master(1), ()), (), None, score)

    assert judged.score == 55
    assert judged.cells[Column.NAME].tip.endswith("Health 55 of 100\n· Open\n· Old")
    assert scored(row, None) is row
    assert scored(row, Score(None)) is row
    assert account.subtitle.endswith("health 55")
    assert "· Old" in account.tip


@pytest.mark.parametrize(
    ("value", "state", "level"),
    [
        (90, State.FINE, Level.FINE),
        (60, State.FINDINGS, Level.MEDIUM),
        (20, State.FINDINGS, Level.HIGH),
    ],
)
def test_a_poor_health_is_never_drawn_as_fine(value: int, state: State, level: Level) -> None:
    """What the last check alone does not show is in the shape before the name, also after ageing."""
    info = spot_info("query-funds", valid_until=NOW + timedelta(days=60), last_used=NOW)
    node = a_key(1, info=info, process="bot")

    row = scored(key_row(node, NOW), Score(value, ("Open",)))
    older = aged(row, node, NOW + timedelta(minutes=2))

    assert (row.state, row.level) == (older.state, older.level) == (state, level)


@pytest.mark.parametrize(
    ("level", "tone", "shown"),
    [
        (Level.FINE, Tone.DANGER, Level.HIGH),
        (Level.FINE, Tone.WARN, Level.MEDIUM),
        (Level.FINE, Tone.MUTED, Level.FINE),
        (Level.UNCHECKED, Tone.DANGER, Level.UNCHECKED),
        (Level.HIGH, Tone.WARN, Level.HIGH),
    ],
)
def test_the_badge_of_the_details_is_not_fine_beside_a_poor_health(
    level: Level, tone: Tone, shown: Level
) -> None:
    """It says what the shape before the name in the tree says."""
    assert with_health(level, (Fact("Worst case today", "1"), Fact("Health", "55 of 100", tone))) is shown
    assert with_health(level, ()) is level


def test_scores_reach_rows_that_are_shown_already() -> None:
    """A judgement that comes after the fleet changes the rows without rebuilding the tree."""
    model = AccountTreeModel()
    fleet = a_master_with(a_key(1))
    model.apply(fleet, NOW)
    resets: list[object] = []
    model.modelReset.connect(lambda: resets.append(1))
    before = model.index(0, 0).data()

    model.apply_scores({"slot-1": Score(40, ("Open",)), fleet.masters[0].account.account_id: Score(40)})

    key = model.index(0, 0, model.index(0, 0))
    assert model.index(0, 0).data() == before
    assert "Health 40 of 100" in str(key.data(3))
    assert not resets


def test_mild_findings_stay_calm() -> None:
    """Only a health that asks for a look is drawn in a colour that asks for one."""
    assert [score_tone(value) for value in (100, 80, 79, 50, 49)] == [
        Tone.MUTED,
        Tone.MUTED,
        Tone.WARN,
        Tone.WARN,
        Tone.DANGER,
    ]
