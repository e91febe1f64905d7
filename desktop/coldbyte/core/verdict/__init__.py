"""The explanation of an exchange, from three witnesses: our comparison, the API's diagnostics, and usage."""
