"""How many one-turn tests there are: one environment variable, so that both suites agree."""

import os

VARIABLE = "REHEARSAL_BENCHMARK_TESTS"
COUNT = int(os.environ.get(VARIABLE, "500"))
