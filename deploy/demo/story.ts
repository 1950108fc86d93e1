import { applySpec, clusterYaml, createJoinLine, installProduct, pasteLine } from "../cluster/operate.ts";
import { untilListed } from "../cluster/status.ts";
import {
  boot,
  bootAll,
  cutPower,
  init,
  join,
  lay,
  primaryRole,
  type Role,
  run,
  type Stage,
  secondaryRoles,
  secondsSince,
  untilReady,
} from "./chapters.ts";

const program = "/usr/local/bin/allreduce";
const lateRole: Role = { name: "secondary3", address: "192.168.56.13", cpus: 1 };

/** Plays the product's main job on plain container hosts, a recorded step at a time. Throws at the first that fails. */
export async function playStory(stage: Stage): Promise<void> {
  const { recorder } = stage;
  const { step } = recorder;
  const { lab, packages, binary } = await lay(stage);
  const { primary, secondaries } = await bootAll(
    recorder,
    lab,
    "boot primary, secondary1 and secondary2, plain Debian",
  );
  const [secondary1] = secondaries;
  if (secondary1 === undefined) throw new TypeError("no secondary was booted");

  await init(recorder, primary, packages, clusterYaml([primaryRole, ...secondaryRoles]));
  await join(recorder, primary, secondaries, packages);
  await untilReady(recorder, primary, "10m");
  await step("copy the program to every node", async () => {
    await Promise.all([primary, ...secondaries].map((host) => host.copyIn(binary, program, 0o755)));
  });
  await run(recorder, primary, program, "run MPI_Allreduce over all slots, as mpihpc, with plain mpirun");

  const late = await step("boot secondary3 and install on it", async () => {
    const host = await boot(lab, lateRole);
    await installProduct(host, packages);
    await host.copyIn(binary, program, 0o755);
    return host;
  });
  await step("add secondary3 to cluster.yaml and join it", async (keep) => {
    const grown = clusterYaml([primaryRole, ...secondaryRoles, lateRole]);
    keep({ "cowctl apply": await applySpec(primary, grown) });
    const line = await createJoinLine(primary, late.name);
    const startedAt = performance.now();
    await pasteLine(late, line);
    const hostfile = await untilListed(primary, late.name);
    keep({ "seconds from join to line": secondsSince(startedAt), hostfile });
  });
  await run(recorder, primary, program, "run it on all four");

  await cutPower(recorder, primary, secondary1);
  await run(recorder, primary, program, "run it on the three that are left");
}
