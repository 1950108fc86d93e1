import { isPublicUserKey } from "@cowherd/proto";
import type { AddEventsUserResponse, EventsUser as WireUser } from "@cowherd/proto/wire";
import { printable } from "../output/printable.ts";
import { UnexpectedAnswerError } from "./link-error.ts";
import type { EventsUser, ListeningPlace } from "./operator-link.ts";

/** Parses where to listen. Every word of it goes into lines that people paste: throws UnexpectedAnswerError for one that is not plain. */
export function parseListeningPlace({
  cluster,
  url,
  authority,
  stream,
  awaited,
}: AddEventsUserResponse): ListeningPlace {
  const plain = [cluster, stream].every((word) => /^[a-z0-9-]+$/.test(word)) && /^tls:\/\/[a-z0-9.-]+:\d+$/.test(url);
  if (!plain || !/^-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n$/.test(authority))
    throw new UnexpectedAnswerError("a broker without an address, a stream or an authority");
  return { cluster, url, authority, stream, awaited: awaited === "" ? undefined : printable(awaited) };
}

/** Parses one who may listen; throws UnexpectedAnswerError for a key that is none. */
export function parseEventsUser({ name, key, addedAt }: WireUser): EventsUser {
  if (!isPublicUserKey(key) || addedAt === undefined) throw new UnexpectedAnswerError("a user without a key or a time");
  return { name: printable(name), key, addedAt };
}
