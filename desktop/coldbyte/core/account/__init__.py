"""Money and time: what receipts cost, wasted and saved, and what another way would have cost."""
