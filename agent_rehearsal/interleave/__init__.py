"""Exploration of schedules: the stock event loop on a simulated kernel, every order that a network
could have produced, and the few late messages that matter.

Knows neither pytest nor the protocols of the mocks; `agent_rehearsal.face` is what a test meets.
"""
