"""Rules about the client's conduct in realtime sessions, over the entries of a journal.

Start with `NAMES`, what each finding means. Sans-IO: nothing here waits or sends.
"""

from mock_realtime.conduct.conduct import Conduct
from mock_realtime.conduct.talk import NAMES, Talk

__all__ = ["NAMES", "Conduct", "Talk"]
