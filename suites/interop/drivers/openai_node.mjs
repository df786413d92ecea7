// Drives the openai SDK for Node: the same four turns as the drivers in Python, told the same way.

import OpenAI from "openai";
import { VERSION } from "openai/version";

const model = "mock-model";
const client = new OpenAI({ maxRetries: 0 });
const dictionary = [];
const tools = [
  {
    type: "function",
    name: "look_up",
    description: "Look a word up.",
    parameters: {
      type: "object",
      properties: { word: { type: "string" } },
      required: ["word"],
      additionalProperties: false,
    },
    strict: true,
  },
];

function lookUp({ word }) {
  dictionary.push(word);
  return `a ${word} is a platform`;
}

function answers(response) {
  const calls = response.output.filter((item) => item.type === "function_call");
  return calls.map((call) => ({
    type: "function_call_output",
    call_id: call.call_id,
    output: lookUp(JSON.parse(call.arguments)),
  }));
}

async function looped(ask) {
  const input = [{ role: "user", content: "what is a stage?" }];
  for (;;) {
    const response = await ask({ model, input, tools });
    const outputs = answers(response);
    if (outputs.length === 0) return response.output_text;
    // The SDK's parser adds a member of its own to a call, which is nothing to send back.
    const items = response.output.map(({ parsed_arguments, ...item }) => item);
    input.push(...items, ...outputs);
  }
}

function streaming(deltas) {
  return async (body) => {
    const stream = client.responses.stream(body);
    stream.on("response.output_text.delta", (event) => deltas.push(event.delta));
    return stream.finalResponse();
  };
}

const turns = {
  async plain() {
    const response = await client.responses.create({ model, input: "say hello" });
    return { text: response.output_text, deltas: [] };
  },
  async streamed() {
    const events = [];
    const body = { model, input: "say hello", stream: true };
    for await (const event of await client.responses.create(body)) events.push(event);
    const deltas = events.filter((event) => event.type === "response.output_text.delta");
    const parts = events.at(-1).response.output.flatMap((item) => item.content);
    return {
      text: parts.map((part) => part.text).join(""),
      deltas: deltas.map((event) => event.delta),
    };
  },
  async tool() {
    return { text: await looped((body) => client.responses.create(body)), deltas: [] };
  },
  async "tool-streamed"() {
    const deltas = [];
    return { text: await looped(streaming(deltas)), deltas };
  },
};

const told = await turns[process.argv[1]]();
console.log(JSON.stringify({ version: VERSION, ...told, tool_runs: dictionary }));
