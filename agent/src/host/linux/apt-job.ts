import { createHash } from "node:crypto";
import type { Job } from "../../jobs/jobs.ts";

/** Nobody is there to answer: every question is answered as if its default were chosen, and every file of the operator's kept. */
const env = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  LC_ALL: "C.UTF-8",
  DEBIAN_FRONTEND: "noninteractive",
  DEBCONF_NONINTERACTIVE_SEEN: "true",
  UCF_FORCE_CONFFOLD: "1", // for configuration files that dpkg does not know of
  NEEDRESTART_MODE: "l", // Ubuntu's needrestart lists what to restart and restarts nothing
  NEEDRESTART_SUSPEND: "1",
  APT_LISTCHANGES_FRONTEND: "none",
  APT_LISTBUGS_FRONTEND: "none",
};

const keepOperatorsFiles = ["-o", "Dpkg::Options::=--force-confdef", "-o", "Dpkg::Options::=--force-confold"];
const waitForLock = ["-o", "DPkg::Lock::Timeout=300"]; // seconds; for who comes between our look and apt's own
const tellProgress = ["-o", "APT::Status-Fd=1"];
const failWhenOutOfReach = ["-o", "APT::Update::Error-Mode=any"]; // else an update that reached nobody ends in 0

/** Installs `missing`, under an id that stays as long as the same names are wanted, whichever of them have come meanwhile. */
export function installJob(wanted: readonly string[], missing: readonly string[]): Job {
  const hash = createHash("sha256").update(wanted.toSorted().join(" ")).digest("hex").slice(0, 12);
  return aptGet(`apt-install-${hash}`, ["install", "--no-remove", "--no-install-recommends", "--", ...missing]);
}

/** Asks the mirrors for new lists. */
export const updateJob: Job = aptGet("apt-update", [...failWhenOutOfReach, "update"]);

/** Finishes what dpkg was doing when it was interrupted. */
export const configureJob: Job = {
  id: "dpkg-configure",
  argv: ["/usr/bin/dpkg", "--force-confdef", "--force-confold", "--configure", "-a"],
  env,
};

/** Installs what interrupted packages depend on and came to lack. */
export const fixBrokenJob: Job = aptGet("apt-fix-broken", [
  "--fix-broken",
  "install",
  "--no-remove",
  "--no-install-recommends",
]);

function aptGet(id: string, args: readonly string[]): Job {
  const argv = [
    "/usr/bin/apt-get",
    "-q",
    "-y",
    ...waitForLock,
    ...tellProgress,
    ...keepOperatorsFiles,
    ...args,
  ] as const;
  return { id, env, argv };
}
