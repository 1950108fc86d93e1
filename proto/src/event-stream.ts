/** Returns the name of the stream at the broker that holds a cluster's events. Both ends name it: one makes it, the other lets people read it. */
export function eventStreamOf(cluster: string): string {
  return `cowherd-${cluster}`;
}

/** Tells whether a text is a user's public nkey: what a broker knows a user by. Whether its checksum fits is the broker's to say. */
export function isPublicUserKey(text: string): boolean {
  return /^U[A-Z2-7]{55}$/.test(text);
}

/** Tells whether somebody may have this name at the broker: it is a part of subjects. */
export function isEventsUserName(text: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/.test(text) && text !== "controller";
}
