import type { Probe } from "@cowherd/proto";
import { createLinuxProbes } from "../../probes/linux-probes.ts";
import { createSystemClock } from "../../system-clock.ts";

// Answers the probe that it is given as JSON as the agent does, and writes the proofs as JSON.

const probe: Probe = JSON.parse(process.argv[2] ?? "");
const prove = createLinuxProbes(createSystemClock());
process.stdout.write(`${JSON.stringify(await prove(probe, AbortSignal.timeout(120_000)))}\n`);
