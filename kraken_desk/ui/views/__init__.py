"""Panes: one per file, each owning its view, its model and its actions."""
