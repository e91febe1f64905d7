"""What the user does that spans window, state and services; joined by `app`, imported by nothing else."""
