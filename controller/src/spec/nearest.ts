const farthest = 2;

/** Returns the one of `known` that was probably meant. Undefined where none is near. */
export function nearest(text: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((candidate) => ({ candidate, distance: editDistance(normal(text), normal(candidate)) }))
    .filter(({ candidate, distance }) => distance <= farthest && distance < candidate.length)
    .sort((a, b) => a.distance - b.distance);
  return best?.candidate;
}

/** max_slots, max-slots and MaxSlots all mean maxSlots. */
function normal(text: string): string {
  return text.slice(0, 64).toLowerCase().replace(/[-_ ]/g, "");
}

/** Levenshtein's distance, by rows. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const letter of a) {
    let diagonal = row[0] ?? 0;
    const next = [diagonal + 1];
    for (const [column, other] of [...b].entries()) {
      const above = row[column + 1] ?? 0;
      const left = next[column] ?? 0;
      next.push(Math.min(above + 1, left + 1, diagonal + (letter === other ? 0 : 1)));
      diagonal = above;
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
