const begin = "# BEGIN COWHERD";
const end = "# END COWHERD";

/** Where the block stands among the foreign lines. */
export type BlockPlace = "first" | "last";

/**
 * Puts Cowherd's lines between markers into a text and keeps every foreign line byte for
 * byte. No lines, no block.
 *
 * What stands between a pair of markers is Cowherd's and is replaced. A marker without its
 * pair is removed and what stands beside it is kept, except copies of the block's own
 * lines: nobody can tell whose the others are. `text` has one character a byte (latin1),
 * so that bytes that are no UTF-8 survive.
 */
export function withBlock(text: string, lines: readonly string[], place: BlockPlace): string {
  const foreign = foreignText(text, lines);
  if (lines.length === 0) return foreign;
  const block = [begin, ...lines, end, ""].join("\n");
  if (place === "first") return block + foreign;
  const gap = foreign === "" || foreign.endsWith("\n") ? "" : "\n"; // a marker glued to a last line is no marker
  return foreign + gap + block;
}

/** Returns the text without Cowherd's blocks. `lines` are what the block holds, to heal torn markers. */
export function foreignText(text: string, lines: readonly string[] = []): string {
  const own = new Set(lines);
  const kept: string[] = [];
  let opened: number | undefined; // where in `kept` the newest open block's lines begin
  let closed = 0; // where in `kept` the lines since the last marker begin
  for (const line of splitLines(text)) {
    const content = line.trim();
    if (content === begin) {
      if (opened !== undefined) dropOwn(kept, opened, own);
      opened = kept.length;
      closed = kept.length;
    } else if (content === end) {
      if (opened !== undefined) kept.length = opened;
      else dropOwn(kept, closed, own);
      opened = undefined;
      closed = kept.length;
    } else {
      kept.push(line);
    }
  }
  if (opened !== undefined) dropOwn(kept, opened, own);
  return kept.join("");
}

/** Splits after each line feed, so that joining gives the text again. */
export function splitLines(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function dropOwn(kept: string[], from: number, own: ReadonlySet<string>): void {
  kept.push(...kept.splice(from).filter((line) => !own.has(line.trimEnd())));
}
