import { hostfilePointer } from "@cowherd/proto";
import { printable } from "../output/printable.ts";
import { discoverHosts, NothingDiscoveredError } from "./discover.ts";
import { parseDiscovery } from "./discovery-words.ts";

// A program of its own, since an elastic launcher asks every second and the whole of cowctl takes
// longer to be read than to answer. The launcher of cowctl hands over the command lines it is for.

const exitCodes = { usage: 64, unreadable: 66 } as const; // those of ../exit-code.ts

process.exitCode = await discover(process.argv.slice(2));

async function discover(argv: readonly string[]): Promise<number> {
  const words = parseDiscovery(argv);
  if (words === undefined) {
    process.stderr.write("usage: cowctl hostfile discover [--file HOSTFILE]\n");
    return exitCodes.usage;
  }
  try {
    process.stdout.write(await discoverHosts(words.file, hostfilePointer));
    return 0;
  } catch (error) {
    if (!(error instanceof NothingDiscoveredError)) throw error;
    process.stderr.write(`cowctl: ${printable(error.message)}\n`);
    return exitCodes.unreadable;
  }
}
