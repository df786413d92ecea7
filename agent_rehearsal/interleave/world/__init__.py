"""What a test may say of messages by their names, and what came of it."""
