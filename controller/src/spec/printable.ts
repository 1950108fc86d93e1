const longestQuote = 60;

/** Brings a foreign text into one line for people: what could steer a terminal becomes "?", what is long is cut. */
export function oneLine(text: string, longest: number): string {
  const line = text
    .trim()
    .replace(/\s+/g, " ")
    .replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, "?");
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

/** Quotes a foreign text, so that its ends and its odd characters are seen. */
export function quote(text: string): string {
  const cut = text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text;
  return JSON.stringify(cut).replace(
    /[^ -~…]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
