// A program for tests: follows what it is told to, and writes what it sees, a JSON line each, to the standard output.
//
// Arguments: gateways, separated by commas; then lines on the standard input: {"follow": channel, "name": ...},
// {"submit": [orders], "account": ...}, {"validate": order, "account": ...}, {"state": n}, {"close": true}.

import { createInterface } from "node:readline";

import { GatewayError, type Listener, type NewOrder, connect } from "../../src/index.js";

interface Command {
  readonly depth?: 10 | 50;
  readonly follow?: "book" | "trades" | "orders" | "fills" | "positions" | "account" | "bars" | "prices" | "statistics" | "run" | "jobs" | "exchange";
  readonly name?: string;
  readonly submit?: readonly NewOrder[];
  readonly account?: string;
  readonly validate?: NewOrder;
  readonly state?: number;
  readonly close?: boolean;
}

const urls = (process.argv[2] ?? "").split(",");
const stream = connect({ urls, apiKey: process.env["GATEWAY_KEY"] ?? "" }).stream();

function write(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function listener(channel: string): Listener<object> {
  return {
    next: (found) => {
      write({ channel, found });
    },
    error: (error) => {
      write({ channel, error: error.code });
    },
  };
}

async function act(command: Command): Promise<void> {
  const { follow, name = "" } = command;
  if (follow === "book") stream.book(name, command.depth ?? "full", listener(follow));
  else if (follow === "bars") stream.bars(name, "1s", listener(follow));
  else if (follow === "jobs" || follow === "exchange") stream[follow](listener(follow));
  else if (follow !== undefined) stream[follow](name, listener(follow));
  if (command.submit !== undefined) write({ submitted: await stream.submit(command.submit, command.account) });
  if (command.validate !== undefined) write({ validated: await stream.validate(command.validate, command.account) });
  if (command.state !== undefined) write({ state: command.state, connections: stream.connections });
  if (command.close === true) {
    stream.close();
    process.stdin.destroy(); // then nothing is left to do, and the program ends by itself
  }
}

const input = createInterface({ input: process.stdin });
input.on("line", (line) => {
  act(JSON.parse(line) as Command).catch((error: unknown) => {
    write({ failed: String(error), errors: error instanceof GatewayError ? error.problem?.errors : undefined });
  });
});
