import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Stands in for systemd-run where systemd is not process 1: does what the properties that
 * jobs are started with ask of systemd, in its order. Whoever it is to run as, it runs as us.
 *
 * What goes to the journal goes into a file of the unit's name in the folder `journal`.
 */
export function createPretendSystemd(
  transientUnits: string,
  journal = transientUnits,
): (argv: readonly [string, ...string[]]) => Promise<void> {
  return async (argv) => {
    const property = (name: string) => argv.find((word) => word.startsWith(name))?.slice(name.length) ?? "";
    const name = property("--unit=");
    const unit = join(transientUnits, name);
    const append = property("--property=StandardOutput=append:");
    const output = openSync(append === "" ? join(journal, `${name}.journal`) : append, "a");
    const input = openSync(property("--property=StandardInput=file:") || "/dev/null", "r");
    const stopPost = /^(\S+) (\S+) (\S+)$/.exec(property("--property=ExecStopPost="));
    const [, shell = "", script = "", folder = ""] = stopPost ?? [];
    const [program = "", ...args] = argv.slice(argv.indexOf("--") + 1).map((word) => word.replaceAll("$$", "$"));
    await writeFile(unit, "", { flag: "wx" });
    const main = spawn(program, args, { stdio: [input, output, output] });
    closeSync(output);
    closeSync(input);
    const most = Number(property("--property=RuntimeMaxSec="));
    const timer = most > 0 ? setTimeout(() => main.kill(), most * 1_000) : undefined;
    main.once("exit", (code, signal) => {
      clearTimeout(timer);
      const env = signal === null ? ["exited", `${code}`] : ["killed", signal.slice(3)];
      const [EXIT_CODE, EXIT_STATUS] = env;
      const post = spawn(shell, [script, folder], {
        env: { ...process.env, EXIT_CODE, EXIT_STATUS },
      });
      post.once("exit", () => void rm(unit, { force: true })); // its test may be over, and the folder gone
    });
  };
}
