"""What both the local exchange and a real environment must answer; the real one is only ever read.

The bodies always run against the local exchange. With keys in these variables they also run against a
real environment, and the differences of shape between the two are listed at the end:

- KRAKEN_DESK_LIVE_ENVIRONMENT: `production` (as without it) or `uat`;
- KRAKEN_DESK_LIVE_SPOT_KEY, KRAKEN_DESK_LIVE_SPOT_SECRET: a Spot key, best with reading rights only;
- KRAKEN_DESK_LIVE_FUTURES_KEY, KRAKEN_DESK_LIVE_FUTURES_SECRET: likewise for Futures;
- KRAKEN_DESK_LIVE_SPOT_CLIENT: the client library that has used the Spot key before, for its nonce scale;
- KRAKEN_DESK_LIVE_SPOT_URL, KRAKEN_DESK_LIVE_FUTURES_URL: other base URLs than the environment's.

Run `python -m pytest tests/contract/live`. Nothing is transferred, created or changed, and a key that is
refused once is not tried again.
"""
