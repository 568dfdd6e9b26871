"""Switches take their own positions only."""

from dataclasses import fields

import pytest

from kraken_desk.simulator.switches import Switches


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("api_key_info_case", "camel"),
        ("futures_sunset_status", 301),
        ("rate_limits", False),
        ("lockout_failures", 3),
        ("ledger_lag_s", 2),
        ("ip_reject_error", "EGeneral:Permission denied"),
    ],
)
def test_a_switch_is_set(name: str, value: object) -> None:
    """Every kind of switch takes a value of its kind."""
    switches = Switches()

    switches.set(name, value)

    assert switches.as_dict()[name] == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("nonsense", 1),
        ("api_key_info_case", "kebab"),
        ("futures_sunset_status", 404),
        ("futures_sunset_status", True),
        ("rate_limits", 1),
        ("lockout_failures", True),
        ("lockout_failures", 1.5),
        ("ledger_lag_s", "2"),
        ("ledger_lag_s", False),
        ("ip_reject_error", None),
    ],
)
def test_another_kind_of_value_is_refused(name: str, value: object) -> None:
    """A wrong name, position or type changes nothing."""
    switches = Switches()

    with pytest.raises(ValueError, match=r"switch|is one of|takes"):
        switches.set(name, value)

    assert switches == Switches()


def test_every_switch_is_listed() -> None:
    """The listing has each field once."""
    assert set(Switches().as_dict()) == {field.name for field in fields(Switches)}
