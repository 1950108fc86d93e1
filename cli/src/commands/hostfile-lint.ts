import { Option } from "@commander-js/extra-typings";
import { exitCodes } from "../exit-code.ts";
import { renderJson } from "../output/json.ts";
import { renderLint } from "../output/lint-text.ts";
import { printable } from "../output/printable.ts";
import { UnreadableFileError } from "./command-error.ts";
import { type Cowctl, examples, type ParentCommand } from "./cowctl.ts";
import { outputOption } from "./output-option.ts";
import { decodeText, largestTextBytes, readTextFile, type TextFile } from "./text-file.ts";

const meaning = `
Each line names the place, the case and the MPIs that misread it. It exits with ${exitCodes.refused} where there is
an error; warnings alone leave it at 0. No controller is asked.
`;

/** Adds `cowctl hostfile lint`. */
export function addHostfileLint(parent: ParentCommand, cowctl: Cowctl): void {
  parent
    .command("lint")
    .description("say what of a hostfile an MPI would misread")
    .argument("<file>", 'any hostfile; "-" for what is piped in')
    .addOption(
      new Option("--form <form>", "whose form it is in (Intel's MPI reads MPICH's)")
        .choices(["open-mpi", "mpich"] as const)
        .default("open-mpi" as const),
    )
    .addOption(outputOption("text"))
    .addHelpText(
      "after",
      meaning + examples("cowctl hostfile lint ~/hosts", "cowctl hostfile lint --form mpich - < hosts"),
    )
    .action((file, { form, output }) => lint(cowctl, file, form, output));
}

async function lint(cowctl: Cowctl, name: string, form: "open-mpi" | "mpich", output: "text" | "json"): Promise<void> {
  const file = name === "-" ? await readPiped(cowctl) : await readTextFile(name);
  const { lintHostfile } = await import("../lint/lint-hostfile.ts");
  const problems = lintHostfile(file.text, form);
  if (problems.some(({ severity }) => severity === "error")) cowctl.endWith(exitCodes.refused);
  if (output === "json") return cowctl.stdout.write(renderJson({ file: file.name, form, problems }));
  if (problems.length === 0) cowctl.stderr.write(`${printable(file.name)}: nothing to complain of\n`);
  cowctl.stdout.write(renderLint(file.name, problems));
}

async function readPiped({ readStdin }: Cowctl): Promise<TextFile> {
  const name = "standard input";
  const bytes = await readStdin(largestTextBytes).catch((error: unknown) => {
    throw error instanceof RangeError ? new UnreadableFileError(name, "it is larger than 1 MiB") : error;
  });
  return decodeText(name, bytes);
}
