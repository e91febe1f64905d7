"""Keeping entries of the prompt cache alive: when, with which request, and what it is worth."""
