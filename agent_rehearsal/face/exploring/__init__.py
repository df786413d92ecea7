"""Exploration as pytest meets it: who is explored, how a test is run again and again, and the one
report that comes of it.

The engine is `agent_rehearsal.interleave`, which knows no pytest. Of this package the plugin
imports `options` and `told` in every run, the rest when a test is explored.
"""
