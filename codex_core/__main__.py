"""`python -m codex_core`."""

import gc
import sys


def start() -> int:
    """Runs the command line. The garbage collector never looks at what loading it makes: that is
    there to the end, and every look at it takes time.
    """
    gc.disable()
    from codex_core.app.cli import main

    gc.freeze()
    gc.enable()
    return main()


if __name__ == "__main__":
    sys.exit(start())
