"""The editor of one part: a view on a text of ours, byte for byte."""
