"""What a session is told of the work so far: sections, each within a budget of tokens."""
