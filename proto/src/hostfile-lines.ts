/** A word of a hostfile with its place. Columns count from 1, in characters. */
export type HostfileWord = { readonly text: string; readonly column: number };

/** `slots=2`, also with blanks around the sign. `value` is undefined where there is no "=". */
export type HostfileSetting = { readonly key: HostfileWord; readonly value: HostfileWord | undefined };

/** One line of a hostfile, blank ones and comments too. */
export type HostfileLine = {
  /** From 1. */
  readonly line: number;
  /** The first word. Undefined on a line without one. */
  readonly host: HostfileWord | undefined;
  readonly settings: readonly HostfileSetting[];
  /** From its "#" on. */
  readonly comment: HostfileWord | undefined;
  /** How it ends; empty for a last line without a newline. */
  readonly end: "\n" | "\r\n" | "";
};

/**
 * Splits a hostfile into its lines and words, whoever wrote it. Total: any text has lines.
 *
 * Words stand as they are, so that whoever asks can say what is wrong with one, and where. Only
 * what Open MPI's own lexer takes for a blank parts them: no mark of Unicode does.
 * The empty text has none, and a newline at the end begins no further line.
 */
export function splitHostfile(text: string): readonly HostfileLine[] {
  const lines = text.split("\n");
  const last = lines.length - 1;
  return lines.flatMap((line, at) => {
    if (at === last) return line === "" ? [] : [splitLine(line, at + 1, "")];
    return [line.endsWith("\r") ? splitLine(line.slice(0, -1), at + 1, "\r\n") : splitLine(line, at + 1, "\n")];
  });
}

function splitLine(line: string, number: number, end: HostfileLine["end"]): HostfileLine {
  const hash = line.indexOf("#");
  const comment = hash < 0 ? undefined : { text: line.slice(hash), column: hash + 1 };
  const words = hash < 0 ? line : line.slice(0, hash);
  const host = /[^ \t\f\v]+/.exec(words);
  if (host === null) return { line: number, host: undefined, settings: [], comment, end };
  const from = host.index + host[0].length;
  return {
    line: number,
    host: { text: host[0], column: host.index + 1 },
    settings: settingsOf(words.slice(from), from + 1),
    comment,
    end,
  };
}

function settingsOf(rest: string, column: number): readonly HostfileSetting[] {
  const found = rest.matchAll(/([^ \t\f\v=]*)(?:([ \t\f\v]*=[ \t\f\v]*)([^ \t\f\v]*))?/g);
  return [...found].flatMap((match): readonly HostfileSetting[] => {
    const { 0: all, 1: key = "", 2: sign, 3: value = "", index } = match;
    if (all === "") return [];
    const at = column + index;
    if (sign === undefined) return [{ key: { text: key, column: at }, value: undefined }];
    const start = key === "" ? at + sign.indexOf("=") : at; // a key that is missing is missing before the sign
    return [{ key: { text: key, column: start }, value: { text: value, column: at + key.length + sign.length } }];
  });
}
