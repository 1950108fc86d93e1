import type { ResourceSpec } from "@cowherd/proto";
import { createLinuxFiles } from "../../../agent/src/host/linux/files.ts";
import { hostfilePath } from "../../cluster/operate.ts";
import { writeHostfile } from "../primary-disk.ts";

// Writes one hostfile after another below the folder that it is given, shorter and longer ones,
// as an agent does, and says so after each. It runs until it is killed.

const [root = ""] = process.argv.slice(2);
const { signal } = new AbortController();
const files = createLinuxFiles(root);
for (let generation = BigInt(Date.now()); ; generation += 1n) {
  const others = Array.from({ length: Number(generation % 7n) * 500 }, (_, at) => ({
    node: `secondary${at}`,
    slots: 4,
  }));
  const hostfile: ResourceSpec = {
    id: "hostfile",
    requires: [],
    kind: "hostfile",
    path: hostfilePath,
    owner: "mpihpc",
    group: "mpihpc",
    generation,
    entries: [{ node: "primary", slots: 4 }, ...others],
    form: undefined,
    formerSha256: [],
  };
  const failure = await writeHostfile([hostfile], files, signal);
  if (failure !== undefined) throw new Error(failure);
  process.stdout.write(`${generation}\n`);
}
