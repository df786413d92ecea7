"""The Responses API as a client sees it: requests out, typed events and typed errors in."""
