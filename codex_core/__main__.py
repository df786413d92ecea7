"""`python -m codex_core`."""

import sys

from codex_core.app.cli import main

if __name__ == "__main__":
    sys.exit(main())
