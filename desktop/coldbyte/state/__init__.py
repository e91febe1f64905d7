"""What the app knows, as QObjects; owns every task."""
