"""Rules of the WebSocket feeds, without sockets: text in, frames out. `feed_server.py` carries them."""
