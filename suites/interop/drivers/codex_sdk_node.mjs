// Drives the Codex SDK for Node: a thread on the CLI that CODEX_PATH names.

import { readFile } from "node:fs/promises";
import { Codex } from "@openai/codex-sdk";

function thread() {
  const codex = new Codex({ codexPathOverride: process.env.CODEX_PATH });
  return codex.startThread({ skipGitRepoCheck: true, workingDirectory: process.env.WORK });
}

const turns = {
  async plain() {
    const turn = await thread().run("say hello");
    return { text: turn.finalResponse, deltas: [], tool_runs: [] };
  },
  async resumed() {
    const talk = thread();
    const first = await talk.run("say hello");
    const second = await talk.run("and again");
    return { text: second.finalResponse, deltas: [first.finalResponse], tool_runs: [] };
  },
  async tool() {
    const { events } = await thread().runStreamed("run it");
    const items = [];
    for await (const event of events) if (event.type === "item.completed") items.push(event.item);
    const commands = items.filter((item) => item.type === "command_execution");
    const messages = items.filter((item) => item.type === "agent_message");
    return {
      text: messages.at(-1).text,
      deltas: [],
      tool_runs: commands.map((item) => item.aggregated_output),
    };
  },
};

const told = await turns[process.argv[1]]();
const manifest = await readFile("node_modules/@openai/codex-sdk/package.json", "utf8");
console.log(JSON.stringify({ version: JSON.parse(manifest).version, ...told }));
