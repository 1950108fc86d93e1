const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * Makes a text from elsewhere safe to show on a terminal, in one line.
 *
 * Control characters, line separators and the invisible marks that turn the direction of
 * writing become U+FFFD: a node cannot move the cursor, forge a row or hide what it says.
 */
export function printable(text: string): string {
  return text.replace(unprintable, "\u{fffd}");
}

/** Does the same to a text of many lines; newlines and tabs stay. */
export function printableLines(text: string): string {
  return text.replace(unprintable, (found) => (found === "\n" || found === "\t" ? found : "\u{fffd}"));
}
