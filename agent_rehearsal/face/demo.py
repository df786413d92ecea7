"""`make demo`: an agent takes a task, runs a shell command, hands its output back and answers.

Nothing leaves the machine: the model is a script, the command runs in a temporary folder.
"""

import asyncio

from agent_rehearsal.face.stage import Stage
from mock_responses import carries_output_of, message, reasoning, shell_call

TASK = "Which files are here, and what is the project called?"
COMMAND = "ls; head -n 1 README.md"


async def play() -> str:
    """Play the scene; returns what it shows."""
    async with Stage() as stage:
        codex = stage.codex()
        (codex.cwd / "README.md").write_text("# Paper boats\n")
        (codex.cwd / "fold.py").write_text("print('folding')\n")
        stage.responses.reply(
            reasoning("A look at the folder will tell."), shell_call("c1", COMMAND)
        )
        stage.responses.reply(
            message("Two files, README.md and fold.py.", " The project is called Paper boats."),
            when=carries_output_of("c1"),
        )
        thread = await codex.start()
        answer = await thread.run(TASK)
        handed_back = await stage.responses.wait_for(carries_output_of("c1"))
        timeline = stage.timeline()
    shown = "\n".join(f"  | {line}" for line in handed_back.output_of("c1").splitlines())
    return (
        f"task     {TASK}\ncommand  {COMMAND}\nhanded back to the model:\n{shown}\n"
        f"answer   {answer}\n\n{timeline}"
    )


if __name__ == "__main__":
    print(asyncio.run(play()))
