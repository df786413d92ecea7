"""One scenario judged: our client against the reference, recorded or live."""

from suites.parity.clients import cli, core
from suites.parity.compare import Verdict, compare
from suites.parity.exceptions import FILE, read_exceptions
from suites.parity.play import play
from suites.parity.recordings import Recordings
from suites.parity.scenario import Scenario


async def judge(scenario: Scenario, *, live: bool = False) -> Verdict:
    """Play a scenario to our client and compare it. Raises NotRecorded, NotInstalled, Stuck."""
    name = scenario.name
    reference = (await play(scenario, cli.NAME)).lanes if live else Recordings().read(name)
    ours = (await play(scenario, core.NAME)).lanes
    exceptions = read_exceptions(FILE.read_text("utf-8")).get(name, {})
    return compare(name, reference, ours, exceptions)
