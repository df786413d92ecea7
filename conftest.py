"""Settings of this repository's own tests; fixtures live in the plugin, where users get them."""

from hypothesis import HealthCheck, settings

# A deadline per example measures the machine, not the code.
settings.register_profile("repository", deadline=None)
# `make fuzz`: pytest --hypothesis-profile=fuzz
settings.register_profile(
    "fuzz",
    deadline=None,
    max_examples=100_000,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("repository")
