import { clusterUser, clusterYaml } from "../cluster/operate.ts";
import { untilListed } from "../cluster/status.ts";
import {
  bootAll,
  cutPower,
  init,
  join,
  lay,
  primaryRole,
  run,
  type Stage,
  secondaryRoles,
  secondsSince,
  untilReady,
} from "./chapters.ts";

/** The manual's shared folder. */
const sharedFolder = "/home/mpihpc/shared";

/**
 * Plays the product's main job on virtual machines with a kernel, a host-only NIC and a NAT
 * NIC each. The program lies in the folder that all of them share. Throws at the first step that fails.
 */
export async function playVmStory(stage: Stage): Promise<void> {
  const { recorder } = stage;
  const { step } = recorder;
  const { lab, packages, binary } = await lay(stage);
  const { primary, secondaries } = await bootAll(
    recorder,
    lab,
    "boot primary, secondary1 and secondary2, plain virtual machines",
  );
  const [secondary1] = secondaries;
  if (secondary1 === undefined) throw new TypeError("no secondary was booted");

  await init(recorder, primary, packages, clusterYaml([primaryRole, ...secondaryRoles]));
  await step("wait until primary is ready", async (keep) => {
    keep({ hostfile: await untilListed(primary, primary.name, 20 * 60_000) });
  });
  await join(recorder, primary, secondaries, packages);
  await untilReady(recorder, primary, "30m");

  const program = `${sharedFolder}/allreduce`;
  await step("put the program into the shared folder, once", async (keep) => {
    await primary.copyIn(binary, program, 0o755);
    const seen = await secondary1.check(["ls", "-l", program], { user: clusterUser, timeoutMs: 60_000 });
    keep({ "on secondary1": seen });
  });
  await run(recorder, primary, program, "run MPI_Allreduce from the shared folder over all slots, with plain mpirun");

  await cutPower(recorder, primary, secondary1);
  await run(recorder, primary, program, "run it on the two that are left");

  await step("give secondary1 its power back", async (keep) => {
    const startedAt = performance.now();
    await secondary1.powerOn();
    const hostfile = await untilListed(primary, secondary1.name);
    keep({ "seconds from power to line": secondsSince(startedAt), hostfile });
  });
  await run(recorder, primary, program, "run it on all three again");
}
