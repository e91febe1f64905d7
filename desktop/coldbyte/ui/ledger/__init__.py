"""The view of the ledger: the entries believed live, their countdowns, and what keeps them warm."""
