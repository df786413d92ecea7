"""Explorers of asyncio schedules that are not ours, played against ours on the same programs.

They need another Python than this package, so each contestant is a process of its own on a Python
that it supports. `crew` starts them and asks; `__main__` is what they run, `tasks` what they are
asked for, and one module each drives an explorer as its documentation says.
"""
