"""Threads and their turns: the loop between the user, the model and the tools."""
