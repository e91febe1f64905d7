"""Coldbyte finds the byte that turned a Claude prompt cache cold."""

__version__ = "0.1.0"
