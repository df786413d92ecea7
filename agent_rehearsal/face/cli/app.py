"""The command group. Knows the commands by name and nothing of what they do."""

import click

from agent_rehearsal.face.cli.doctor import doctor
from agent_rehearsal.face.cli.serve import serve
from agent_rehearsal.face.cli.show import show
from agent_rehearsal.face.cli.versions import OURS, version_of


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version_of(OURS) or "(not installed)", message="%(prog)s %(version)s")
def app() -> None:
    """The other side of an agent's wire: mock servers for agents, and what went over them."""


for _command in (serve, show, doctor):
    app.add_command(_command)
