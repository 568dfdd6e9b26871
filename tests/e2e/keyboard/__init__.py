"""The window on a display of its own, driven by nothing but keys that the display sends."""
