"""Compaction: a thread's history made shorter, by the model itself or by its provider."""
