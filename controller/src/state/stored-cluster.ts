import { z } from "zod";
import { nothingSilent } from "./silence.ts";
import { bigCount, count, orMissing, orUndefined } from "./stored-parts.ts";
import { specRow } from "./stored-spec.ts";

const entries = z.array(z.strictObject({ node: z.string(), slots: count })).min(1);
const hostfile = { generation: bigCount, entries };
/** One of the kept hostfiles as it is stored. */
export const generationRow = z.strictObject({ ...hostfile, publishedAt: orUndefined(z.number()) });

/** All but the nodes and the kept hostfiles as it is stored, also by earlier versions. */
export const clusterRow = z.strictObject({
  epoch: bigCount,
  spec: specRow,
  roster: count,
  generation: bigCount,
  places: count.optional(),
  formerHostfiles: z.array(z.string()).default([]),
  hostfile: orUndefined(z.strictObject(hostfile)),
  pin: orMissing(
    z.strictObject({
      entries,
      origin: z.discriminatedUnion("type", [
        z.strictObject({ type: z.literal("generation"), generation: bigCount }),
        z.strictObject({ type: z.literal("edit") }),
      ]),
    }),
  ),
  handEdit: orMissing(z.strictObject({ at: z.number(), words: z.string() })),
  runTime: count.default(0),
  publishedAt: count.default(0),
  silence: z
    .strictObject({ since: count, held: z.boolean(), fading: z.array(z.string()), fadingUntil: count })
    .default({ ...nothingSilent, fading: [] }),
  hooks: z
    .array(
      z.strictObject({
        hook: z.string(),
        done: bigCount,
        failure: orUndefined(z.strictObject({ at: z.number(), sequence: bigCount, reason: z.string() })),
        skipped: orUndefined(z.strictObject({ at: z.number(), count })),
      }),
    )
    .default([]),
  broker: z
    .strictObject({
      publisher: orUndefined(z.string()),
      certificate: orUndefined(
        z.strictObject({
          chain: z.string(),
          request: z.string(),
          node: z.string(),
          address: z.string(),
          issuedAt: z.number(),
        }),
      ),
      users: z.array(z.strictObject({ name: z.string(), key: z.string(), addedAt: z.number() })),
    })
    .default({ publisher: undefined, certificate: undefined, users: [] }),
});
