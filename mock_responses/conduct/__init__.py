"""Rules about the client's conduct, over the entries of a journal: calls and outputs that do not
pair, repetitions that should not be, streams that broke off and were taken for whole.

Start with `NAMES`, what each finding means. Sans-IO: nothing here waits or sends.
"""

from mock_responses.conduct.conduct import Conduct, Verdicts
from mock_responses.conduct.rule import Rule
from mock_responses.conduct.rules import NAMES, RULES

__all__ = ["NAMES", "RULES", "Conduct", "Rule", "Verdicts"]
