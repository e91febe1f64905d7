"""The canonical prefix, and where two of them part."""
