import { styleText } from "node:util";
import type { Output } from "../io.ts";

type Style = Parameters<typeof styleText>[0];

/** Colours a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

/** Leaves every text as it is. */
export const plainPaint: Paint = (_style, text) => text;

/** Colours for a terminal alone, and not where NO_COLOR (https://no-color.org) or a dumb terminal forbids it. */
export function createPaint(output: Output, environment: Readonly<Record<string, string | undefined>>): Paint {
  const { NO_COLOR, TERM } = environment;
  if (!output.isTerminal || (NO_COLOR !== undefined && NO_COLOR !== "") || TERM === "dumb") return plainPaint;
  return (style, text) => styleText(style, text, { validateStream: false });
}
