"""GetWebSocketsToken. Imports the standard library only."""

from kraken_desk.simulator.jsontext import JsonValue
from kraken_desk.simulator.spot.calls import Endpoint, SpotCall, all_of
from kraken_desk.simulator.world import SpotToken


def websockets_token(call: SpotCall) -> JsonValue:
    """Give a token to be used within `expires` seconds; outlived ones are forgotten."""
    world = call.world
    life_s = world.switches.ws_token_s
    alive = [token for token in world.tokens.values() if token.issued_at + life_s > call.now or token.in_use]
    world.tokens = {token.token: token for token in alive}
    text = world.ids.token()
    world.tokens[text] = SpotToken(text, call.key.api_key, call.now)
    return {"token": text, "expires": int(life_s)}


ENDPOINTS = {"GetWebSocketsToken": Endpoint(websockets_token, all_of("create-ws-token"))}
