"""The Realtime API as a mock server. Made by `agent_rehearsal.Stage`; a test meets it as
`realtime`.
"""

from mock_realtime.mock import MockRealtime

__all__ = ["MockRealtime"]
