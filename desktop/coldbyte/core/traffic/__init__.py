"""What was sent over time: receipts, their trails, and how to replay them."""
