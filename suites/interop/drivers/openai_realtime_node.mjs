// Drives the realtime client of the openai SDK for Node: the same turns as the drivers in Python.

import OpenAI from "openai";
import { OpenAIRealtimeWS } from "openai/realtime/ws";
import { VERSION } from "openai/version";

const model = "mock-model";
const voice = Buffer.from([0x00, 0x10, 0x00, 0xf0]);
const pieces = [Buffer.alloc(4800, voice), Buffer.alloc(4800, voice)];
const playedMs = 20;
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
  },
];

// One connection: its events in order, and what was said in those that were passed over.
class Talk {
  deltas = [];
  sound = [];
  #events = [];
  #wanted = () => {};

  constructor() {
    this.socket = new OpenAIRealtimeWS({ model }, new OpenAI({ maxRetries: 0 }));
    this.socket.on("event", (event) => {
      this.#events.push(event);
      this.#wanted();
    });
    this.socket.on("error", (error) => {
      throw error;
    });
  }

  send(type, fields = {}) {
    this.socket.send({ type, ...fields });
  }

  async until(type) {
    for (;;) {
      const event = this.#events.shift();
      if (event === undefined) {
        await new Promise((resolve) => {
          this.#wanted = resolve;
        });
        continue;
      }
      this.#keep(event);
      if (event.type === type) return event;
    }
  }

  async open(session) {
    await this.until("session.created");
    this.send("session.update", { session: { type: "realtime", ...session } });
    await this.until("session.updated");
  }

  write(text) {
    const content = [{ type: "input_text", text }];
    this.send("conversation.item.create", { item: { type: "message", role: "user", content } });
  }

  speak() {
    for (const piece of pieces) {
      this.send("input_audio_buffer.append", { audio: piece.toString("base64") });
    }
  }

  async respond() {
    this.send("response.create");
    return (await this.until("response.done")).response;
  }

  told(text) {
    this.socket.close();
    return { text, deltas: this.deltas, sound: Buffer.concat(this.sound).toString("base64") };
  }

  #keep(event) {
    if (event.type === "response.output_text.delta") this.deltas.push(event.delta);
    if (event.type === "response.output_audio_transcript.delta") this.deltas.push(event.delta);
    if (event.type === "response.output_audio.delta") {
      this.sound.push(Buffer.from(event.delta, "base64"));
    }
  }
}

function lookUp({ word }) {
  dictionary.push(word);
  return `a ${word} is a platform`;
}

const turns = {
  async written() {
    const talk = new Talk();
    await talk.open({ output_modalities: ["text"] });
    talk.write("say hello");
    return talk.told((await talk.respond()).output[0].content[0].text);
  },
  async spoken() {
    const talk = new Talk();
    await talk.open({ audio: { input: { turn_detection: null } } });
    talk.speak();
    talk.send("input_audio_buffer.commit");
    await talk.until("conversation.item.done");
    return talk.told((await talk.respond()).output[0].content[0].transcript);
  },
  async tool() {
    const talk = new Talk();
    await talk.open({ tools });
    talk.write("what is a stage?");
    for (;;) {
      const { output } = await talk.respond();
      const calls = output.filter((item) => item.type === "function_call");
      if (calls.length === 0) return talk.told(output[0].content[0].transcript);
      for (const call of calls) {
        const answer = lookUp(JSON.parse(call.arguments));
        const item = { type: "function_call_output", call_id: call.call_id, output: answer };
        talk.send("conversation.item.create", { item });
      }
    }
  },
  async interrupted() {
    const talk = new Talk();
    await talk.open({ audio: { input: { transcription: { model: "whisper-1" } } } });
    talk.speak();
    const heard = await talk.until("conversation.item.input_audio_transcription.completed");
    const sound = await talk.until("response.output_audio.delta");
    talk.speak();
    await talk.until("input_audio_buffer.speech_started");
    const place = { item_id: sound.item_id, content_index: 0, audio_end_ms: playedMs };
    talk.send("conversation.item.truncate", place);
    await talk.until("conversation.item.truncated");
    return talk.told(heard.transcript);
  },
};

const told = await turns[process.argv[1]]();
console.log(JSON.stringify({ version: VERSION, ...told, tool_runs: dictionary }));
