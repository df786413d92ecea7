"""The simulated kernel: sockets, wires, ports, a selector and a clock in memory.

Knows no event loop.
"""
