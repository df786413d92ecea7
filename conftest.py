"""Settings of this repository's own tests; fixtures live in the plugin, where users get them."""

import signal
from contextlib import suppress
from importlib import import_module

from hypothesis import HealthCheck, settings

# A deadline per example measures the machine, not the code. Every run draws others, so few will do.
settings.register_profile("repository", deadline=None, max_examples=60)
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

# A test that runs pytest in this process has all forgotten that was loaded for the first time in
# it. httpx loads what it is built on with its first request, and knows only that one's exceptions.
for name in ("httpcore", "httpcore2"):
    with suppress(ImportError):
        import_module(name)
