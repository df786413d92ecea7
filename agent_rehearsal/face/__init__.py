"""What a user meets: the stage, the pytest plugin and its fixtures, snapshots, timelines, the
command line.

Nothing is handed on here: `agent_rehearsal` names what is public, the plugin brings its fixtures
itself.
"""
