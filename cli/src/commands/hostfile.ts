import { type Cowctl, examples, type ParentCommand } from "./cowctl.ts";
import { addHostfileAdopt } from "./hostfile-adopt.ts";
import { addHostfileDiff } from "./hostfile-diff.ts";
import { addHostfileDiscover } from "./hostfile-discover.ts";
import { addHostfileHistory } from "./hostfile-history.ts";
import { addHostfileLint } from "./hostfile-lint.ts";
import { addHostfileRelease } from "./hostfile-release.ts";
import { addHostfileRollback } from "./hostfile-rollback.ts";
import { addHostfileShow } from "./hostfile-show.ts";
import { addHostfileUnpin } from "./hostfile-unpin.ts";

/** Adds `cowctl hostfile` and its commands; without one of them it is `cowctl hostfile show`. */
export function addHostfile(parent: ParentCommand, cowctl: Cowctl): void {
  const hostfile = parent
    .command("hostfile")
    .description("print the hostfile, look at earlier ones, and go back to one")
    .addHelpText(
      "after",
      `\nWithout a command it is "show"; --discover is "discover".\n${examples(
        "cowctl hostfile                  # as it stands on the primary's disk",
        "mpirun --hostfile <(cowctl hostfile) ./program",
        "cowctl hostfile history",
        "cowctl hostfile rollback 12      # until: cowctl hostfile unpin",
        "horovodrun --host-discovery-script ./discover.sh    # that runs: cowctl hostfile --discover",
      )}`,
    );
  addHostfileShow(hostfile, cowctl);
  addHostfileHistory(hostfile, cowctl);
  addHostfileDiff(hostfile, cowctl);
  addHostfileRollback(hostfile, cowctl);
  addHostfileAdopt(hostfile, cowctl);
  addHostfileUnpin(hostfile, cowctl);
  addHostfileRelease(hostfile, cowctl);
  addHostfileLint(hostfile, cowctl);
  addHostfileDiscover(hostfile, cowctl);
}
