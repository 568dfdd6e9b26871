"""Dialogs: values in, values out; opened with `open()` and awaited, never with `exec()`."""
