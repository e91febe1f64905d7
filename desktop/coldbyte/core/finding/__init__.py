"""What happened inside one text."""
