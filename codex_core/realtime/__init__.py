"""Realtime conversations: the wire of both versions, sessions, and the one of a thread."""
