"""A schedule on stock asyncio and real sockets, by delaying just the pieces that it names."""
