"""Looking for a failing schedule, and making it small: sweep, portfolio, shrinking, tokens. Knows a
program as something that can be run, no more."""
