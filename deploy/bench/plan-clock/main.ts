import { operatorSocket } from "@cowherd/proto";
import { createGrpcOperatorLink } from "../../../cli/src/link/grpc-operator-link.ts";

// Runs on a primary: has every node look all of its resources over, so many times, and prints
// the milliseconds of each as JSON. A program of its own, since the start of cowctl takes longer.

const times = Number(process.argv[2] ?? 1);
const signal = new AbortController().signal;
using link = await createGrpcOperatorLink(
  { via: "socket", path: operatorSocket },
  { answerMs: 10_000, nodesMs: 60_000 },
);
const passes: number[] = [];
for (let pass = -1; pass < times; pass += 1) {
  const from = performance.now();
  const nodes = await link.plan("", signal);
  const idle = nodes.every((node) => node.known === "checked" && node.outcomes.every(({ end }) => end === "in-sync"));
  if (!idle) throw new Error(`a pass in which something was to do: ${JSON.stringify(nodes)}`);
  if (pass >= 0) passes.push(performance.now() - from); // not the first, which opens the connection
}
process.stdout.write(`${JSON.stringify(passes)}\n`);
