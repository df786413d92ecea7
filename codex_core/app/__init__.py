"""Programs made of the core: the command line."""
