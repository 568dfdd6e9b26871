"""Behaviours of Kraken that sources dispute or nobody has established, each as a named switch.

Imports the standard library only. The default is the best supported reading; a client should pass in every
position. Switches are read and set over the control API under these names. `documented`, `observed` and
`inferred` say how well a default is supported.
"""

from dataclasses import dataclass, fields
from typing import Literal, get_args, get_origin, get_type_hints

LARGEST_S = 1_000_000_000


@dataclass(slots=True)
class Switches:
    """Every disputed or invented behaviour of the simulated exchange."""

    # Spot: shape of answers
    api_key_info_case: Literal["snake", "camel"] = (
        "snake"  # observed live; the documented example has camelCase
    )
    nonce_window_as: Literal["text", "number"] = "text"  # observed live; the schema says integer
    empty_allowlist: Literal["empty", "blank"] = "empty"  # `blank` answers [""], as one recorded fixture does
    last_used: Literal["this call", "call before"] = (
        "this call"  # the published sample fits the asking call itself; not stated
    )
    balance_ex_numbers: Literal["text", "number"] = (
        "text"  # observed live; the documented example has bare numbers
    )
    empty_balance_without_result: bool = False  # observed once on an account that never held anything
    trade_volume_keys: Literal["joined", "separated"] = (
        "joined"  # minfee or min_fee: two renderings of one page
    )
    volume_subaccounts: Literal["present", "absent", "incomplete"] = (
        "present"  # completeness is not established
    )
    volume_iiban: Literal["spaced", "compact"] = "spaced"  # not established
    wallet_id: Literal["dashes", "spaces"] = "dashes"  # documented with dashes, observed with spaces

    # Spot: authentication and rights
    ip_reject_error: str = "EAPI:Invalid key"  # not established
    permission_error: str = (
        "EGeneral:Permission denied"  # documented; newer back ends answer EAPI:Permission denied
    )
    needless_otp_rejected: bool = False  # one report of EAPI:Invalid key
    query_string_signature: Literal["either", "signed", "bare"] = "either"  # sources conflict for /0/private
    account_transfer_needs: Literal["withdraw", "trade"] = "withdraw"  # reference page against guide table
    trade_balance_needs: Literal["query-open-trades", "query-funds"] = (
        "query-open-trades"  # page against guide
    )
    wallet_transfer_needs: Literal["query-funds", "withdraw-funds"] = (
        "query-funds"  # documented, if surprising
    )
    unknown_parameters: Literal["ignored", "refused"] = "ignored"  # support article against error guide
    subaccount_keys_may_transfer: bool = False  # documented as master only; never tried by anybody
    rate_limits: bool = True  # off for load tests that are not about limits
    lockout_failures: int = 10  # invented
    lockout_window_s: float = 300.0  # invented
    lockout_s: float = 900.0  # support says about 15 minutes, the error guide "a few minutes"
    lockout_extends: bool = True  # documented: each attempt prolongs it

    # Spot: transfers and ledgers
    transfer_status: Literal["complete", "pending"] = "complete"
    transfer_ledger_type: str = "transfer"  # an unknown type tests tolerance
    transfer_ledger_subtype: str = ""  # not established
    transfer_refid: Literal["transfer_id", "unrelated", "per_side"] = "transfer_id"  # not established
    transfer_unknown_asset_error: str = "EFunding:Unknown asset"  # EQuery:Unknown asset is as plausible
    transfer_unknown_account_error: str = "EFunding:Unknown account"  # weakest evidence
    transfer_type_filter_broken: bool = False  # reported in October 2025: type=transfer does not filter
    ledger_lag_s: float = 0.0  # entries are written at settlement

    # Spot WebSocket
    ws_heartbeat_subscribable: bool = False  # channel page against reconnection guide
    ws_token_life: Literal["connection", "fixed"] = "connection"  # noqa: S105 - channel page against guides
    ws_token_s: float = 900.0

    # Futures: authentication, limits
    futures_permission_error: str = "authenticationError"  # a client also expects insufficientPrivileges
    futures_ip_error: str = "authenticationError"  # unpublished
    futures_decoded_signature: bool = False  # tolerated until 1 October 2025
    futures_user_agent_required: bool = False  # one client met HTTP 403 at the edge
    futures_nonce_window_s: float = 10.0  # unpublished
    futures_limits_per: Literal["account", "address", "key"] = "account"  # contradictory
    futures_transfer_needs: Literal["general", "both"] = "general"  # an SDK claims withdrawal rights as well

    # Futures: shape of answers
    futures_balances_as: Literal["number", "text"] = "number"  # captures against documentation
    futures_flex_bitcoin: Literal["BTC", "XBT"] = "BTC"  # recent captures against documentation
    futures_errors_as: Literal["error", "strings", "objects"] = (
        "error"  # an errors array may replace the string
    )
    futures_time_digits: int = 3  # a live answer showed a single digit
    futures_clock_skew_s: float = 0.0

    # Futures: transfers and log
    futures_user_form: Literal["uid", "any"] = "uid"  # `any` also takes IIBAN and e-mail address
    futures_subaccount_keys_may_transfer: bool = False  # unpublished
    futures_subaccount_withdrawal_error: str = "Unavailable"  # unpublished
    futures_withdrawal_uid_in_log: bool = True  # unconfirmed
    futures_log_lag_s: float = 0.0  # unpublished
    futures_sunset: Literal["off", "scheduled", "gone"] = "off"  # announced for 1 March 2027
    futures_sunset_status: Literal[410, 301] = 410  # how the end will look is not announced

    def as_dict(self) -> dict[str, str | bool | int | float]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def set(self, name: str, value: object) -> None:
        """Turn one switch; raise ValueError for an unknown name or a position that it does not have."""
        hints = get_type_hints(type(self))
        if name not in hints:
            raise ValueError(f"no switch is called {name!r}")
        setattr(self, name, _checked(name, hints[name], value))


def _checked(name: str, kind: object, value: object) -> object:
    if get_origin(kind) is Literal:
        if value in get_args(kind) and not isinstance(value, bool):
            return value
        raise ValueError(f"{name} is one of {', '.join(map(str, get_args(kind)))}")
    if kind is bool and isinstance(value, bool):
        return value
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        if abs(value) <= LARGEST_S:
            return float(value)
        raise ValueError(f"{name} takes at most {LARGEST_S} seconds")
    if kind is int and isinstance(value, int) and not isinstance(value, bool):
        return value
    if kind is str and isinstance(value, str):
        return value
    raise ValueError(f"{name} takes {getattr(kind, '__name__', kind)}, not {value!r}")
