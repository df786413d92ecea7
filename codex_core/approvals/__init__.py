"""Approvals: what may be done unasked, what has to be asked for, and who waits for which answer."""
