"""`python -m agent_rehearsal.face.cli`, for where the command is not on the path."""

from agent_rehearsal.face.cli import main

if __name__ == "__main__":
    main()
