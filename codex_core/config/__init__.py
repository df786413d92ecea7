"""Settings: `Config`, providers, and how they are read from files and options."""
