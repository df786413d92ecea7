"""Which rule to propose with a request: the first words of commands to be allowed from now on."""

from codex_core.approvals.command_line import Segment, program_name
from codex_core.approvals.rules import Rule, find_rule

__all__ = ["proposed_prefix"]

_RUN_ANYTHING = frozenset(
    [
        "ash",
        "awk",
        "bash",
        "bun",
        "busybox",
        "chroot",
        "command",
        "csh",
        "dash",
        "deno",
        "doas",
        "docker",
        "env",
        "eval",
        "exec",
        "expect",
        "fish",
        "flatpak",
        "gawk",
        "ipython",
        "ksh",
        "lua",
        "mawk",
        "nice",
        "node",
        "nohup",
        "nsenter",
        "osascript",
        "perl",
        "php",
        "podman",
        "powershell",
        "pwsh",
        "py",
        "pypy",
        "python",
        "rlwrap",
        "rscript",
        "ruby",
        "script",
        "setsid",
        "sh",
        "source",
        "ssh",
        "strace",
        "su",
        "sudo",
        "systemd-run",
        "tclsh",
        "tcsh",
        "time",
        "timeout",
        "unshare",
        "watch",
        "xargs",
        "zsh",
    ]
)
"""Programs that run what they are given: allowed once, they would allow everything."""


def proposed_prefix(
    segments: tuple[Segment, ...], rules: tuple[Rule, ...], wanted: Segment = ()
) -> Segment | None:
    """The words to propose: those that the model wants if the command begins so, else all words.

    None unless exactly one command of the line needs it, or if a rule has to do with it already, or
    for a program that runs anything.
    """
    open_ones = [segment for segment in segments if find_rule(rules, segment) is None]
    if len(open_ones) != 1 or any(map(_asked_for, segments, [rules] * len(segments))):
        return None
    (segment,) = open_ones
    if _runs_anything(segment[0]):
        return None
    return wanted if wanted and segment[: len(wanted)] == wanted else segment


def _asked_for(segment: Segment, rules: tuple[Rule, ...]) -> bool:
    """Does a rule ask for it? Another rule would not change that."""
    rule = find_rule(rules, segment)
    return rule is not None and rule.decision != "allow"


def _runs_anything(program: str) -> bool:
    name = program_name(program)
    return name is None or name.rstrip("0123456789.") in _RUN_ANYTHING
