import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Stands in for systemd-run where systemd is not process 1: does what the properties that
 * jobs are started with ask of systemd, in its order.
 */
export function createPretendSystemd(transientUnits: string): (argv: readonly [string, ...string[]]) => Promise<void> {
  return async (argv) => {
    const property = (name: string) => argv.find((word) => word.startsWith(name))?.slice(name.length) ?? "";
    const unit = join(transientUnits, property("--unit="));
    const output = openSync(property("--property=StandardOutput=append:"), "a");
    const stopPost = /^(\S+) (\S+) (\S+)$/.exec(property("--property=ExecStopPost="));
    const [, shell = "", script = "", folder = ""] = stopPost ?? [];
    const [program = "", ...args] = argv.slice(argv.indexOf("--") + 1).map((word) => word.replaceAll("$$", "$"));
    await writeFile(unit, "", { flag: "wx" });
    const main = spawn(program, args, { stdio: ["ignore", output, output] });
    closeSync(output);
    main.once("exit", (code, signal) => {
      const env = signal === null ? ["exited", `${code}`] : ["killed", signal.slice(3)];
      const [EXIT_CODE, EXIT_STATUS] = env;
      const post = spawn(shell, [script, folder], {
        env: { ...process.env, EXIT_CODE, EXIT_STATUS },
      });
      post.once("exit", () => void rm(unit, { force: true })); // its test may be over, and the folder gone
    });
  };
}
