"""A draft as a folder of plain files."""
