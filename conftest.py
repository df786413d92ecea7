"""Settings of this repository's own tests; fixtures live in the plugin, where users get them."""

import signal

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

# A shell that runs a job in the background has it ignore ctrl-c, and all that the job starts too;
# the tests of interrupts need it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
