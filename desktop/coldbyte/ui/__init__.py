"""Widgets and windows: no services, no I/O, no await."""
