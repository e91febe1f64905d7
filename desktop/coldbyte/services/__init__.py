"""The outside world: API, simulator, keyring, disk. Async, no Qt."""
