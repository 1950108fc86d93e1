import { renderHostfile } from "@cowherd/proto";
import type { HostfileGeneration } from "../link/operator-link.ts";
import { formatTime } from "../output/time.ts";
import { type Cowctl, examples, type ParentCommand } from "./cowctl.ts";
import { findGeneration, parseGenerationNumber } from "./generation.ts";

/** Adds `cowctl hostfile diff`. */
export function addHostfileDiff(parent: ParentCommand, cowctl: Cowctl): void {
  parent
    .command("diff")
    .description("show what is different between two generations of the hostfile, as diff -u does")
    .argument("[from]", "a generation (default: the one before the current)", parseGenerationNumber)
    .argument("[to]", "another (default: the current)", parseGenerationNumber)
    .addHelpText("after", examples("cowctl hostfile diff", "cowctl hostfile diff 12", "cowctl hostfile diff 9 12"))
    .action((from, to) => showDiff(cowctl, from, to));
}

async function showDiff(cowctl: Cowctl, from: bigint | undefined, to: bigint | undefined): Promise<void> {
  using link = await cowctl.connect();
  const kept = await link.listHostfileGenerations(cowctl.signal);
  const newer = findGeneration(kept, to ?? kept.at(-1)?.generation ?? 0n);
  const older = findGeneration(kept, from ?? kept.at(-2)?.generation ?? newer.generation);
  const { createTwoFilesPatch, FILE_HEADERS_ONLY } = await import("diff");
  const texts = [older, newer].map((content) => renderHostfile(content));
  if (texts[0] === texts[1]) return cowctl.stderr.write("nothing is different\n");
  const patch = createTwoFilesPatch(
    nameOf(older),
    nameOf(newer),
    texts[0] ?? "",
    texts[1] ?? "",
    timeOf(older),
    timeOf(newer),
    {
      context: 3,
      headerOptions: FILE_HEADERS_ONLY,
    },
  );
  cowctl.stdout.write(patch);
}

function nameOf({ generation }: HostfileGeneration): string {
  return `generation ${generation}`;
}

function timeOf({ publishedAt }: HostfileGeneration): string | undefined {
  return publishedAt === undefined ? undefined : formatTime(publishedAt);
}
