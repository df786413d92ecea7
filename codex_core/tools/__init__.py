"""Tools: what the model can do, and how its calls are run side by side."""
