"""Who decides what happens next: the portfolio, the natural order, and schedules that are given."""
