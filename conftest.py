"""Settings of this repository's own tests; fixtures live in the plugin, where users get them."""

from hypothesis import settings

# A deadline per example measures the machine, not the code.
settings.register_profile("repository", deadline=None)
settings.load_profile("repository")
