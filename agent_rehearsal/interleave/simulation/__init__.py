"""One simulated world: the stock event loop on the simulated kernel, with chance, sets and garbage
in hand, and one run in it.
"""
