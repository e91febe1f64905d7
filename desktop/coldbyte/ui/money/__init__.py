"""The view of the money: what was spent and saved, where it went, and what another way would cost."""
