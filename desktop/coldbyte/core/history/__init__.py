"""Exchanges as they are kept, and what is found among them."""
