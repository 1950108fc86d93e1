import { type Probe, parseProbe } from "@cowherd/proto";
import { Probe as WireProbe } from "@cowherd/proto/wire";
import { createLinuxProbes } from "../../probes/linux-probes.ts";
import { createSystemClock } from "../../system-clock.ts";

// Answers the probe that it is given (the wire's message, in base64) as the agent does, and writes the proofs as JSON.

const [bytes = ""] = process.argv.slice(2);
const probe: Probe = parseProbe(WireProbe.decode(Buffer.from(bytes, "base64")));
const prove = createLinuxProbes(createSystemClock());
process.stdout.write(`${JSON.stringify(await prove(probe, AbortSignal.timeout(120_000)))}\n`);
