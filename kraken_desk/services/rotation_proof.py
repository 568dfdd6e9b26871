"""The one call of a proof: whatever comes of it is an answer to be judged, not a failure of the step."""

from __future__ import annotations

from collections.abc import Awaitable

from kraken_desk.domain.errors import KrakenDeskError, StoreError
from kraken_desk.domain.keys import ApiKeyInfo


async def answer_of(call: Awaitable[ApiKeyInfo]) -> ApiKeyInfo | KrakenDeskError:
    """Return what the call returned or raised; a store that cannot serve still stops the step."""
    try:
        return await call
    except StoreError:
        raise
    except KrakenDeskError as error:
        return error
