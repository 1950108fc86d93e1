import { cloudEventOf, type Event, ulidOf } from "@cowherd/proto";
import type { EventEntry, FieldEntry } from "./event-schema.ts";

const head = `<!-- Generated from proto/schema/cowherd/v1/event.proto: change it there, and run npm run generate. -->

# Events

Whatever becomes different in the cluster is an event: a node is ready, a hostfile is published, a certificate ends soon. The controller notes it in the transaction of the change itself, numbers it without a gap, and keeps it for days. \`cowctl events\` shows what is kept, also where there is no NATS; whoever wants to act on events subscribes to them.

Each event has a name, such as \`node.ready\`. Its subject on NATS is \`cowherd.CLUSTER.NAME.NODE\`, with \`_\` for the node where it is about none, so that a wildcard chooses by either:

| subject | what comes |
| --- | --- |
| \`cowherd.>\` | everything |
| \`cowherd.lab.node.*.*\` | where the nodes of the cluster lab stand |
| \`cowherd.lab.*.*.secondary1\` | all about one node |
| \`cowherd.*.hostfile.published._\` | the hostfiles of every cluster |

It is a CloudEvent 1.0 in JSON, in structured mode:
`;

const rules = `
- \`id\` is a ULID that no other event has. Whoever may hear an event twice knows it by this.
- \`sequence\` counts from 1 and leaves out no number. It is a text of 20 digits, so that texts sort as the events came. A number that is missing was given up before NATS had got it, and an \`events.dropped\` says so.
- \`subject\` is the node. It is missing where the event is about none.
- \`data\` is what the tables below say, and always has every field but those that may be missing. A later version may add fields and events: pass over what you do not know. What an event or a field means never changes; a new meaning gets a new name, or \`v2\` in the type.
- An event says what is different, and not what to do. Several events come of one change where it makes several things different. To know how the cluster is, ask it; to know when to ask, listen.
`;

/** Renders the page on events; \`samples\` has one of each type. Pure. */
export function renderEventsPage(entries: readonly EventEntry[], samples: Readonly<Record<string, Event>>): string {
  const shown = samples["node.ready"];
  const example = shown === undefined ? "" : `\n${json(JSON.parse(exampleOf(shown)))}`;
  return `${head}${example}${rules}\n## All events\n${entries.map((entry) => section(entry, samples[entry.type])).join("")}`;
}

function section({ type, comment, fields }: EventEntry, sample: Event | undefined): string {
  const example = sample === undefined ? "" : `\n${json(JSON.parse(exampleOf(sample)).data)}`;
  const subject = `\`cowherd.CLUSTER.${type}.${fields.some(({ name }) => name === "node") ? "NODE" : "_"}\``;
  return `\n### ${type}\n\n${subject}: ${comment}\n\n${table(fields)}${example}`;
}

function table(fields: readonly FieldEntry[]): string {
  const rows = fields.map(({ name, form, comment }) => `| \`${name}\` | ${form} | ${comment} |\n`);
  return `| data | is | what |\n| --- | --- | --- |\n${rows.join("")}`;
}

function exampleOf(event: Event): string {
  const [sequence, time] = [42n, Date.UTC(2026, 10, 26, 14, 30, 0, 5)];
  const id = ulidOf(time, sequence, Uint8Array.of(42, 7, 200, 99, 1));
  return cloudEventOf("lab", { sequence, id, time, event });
}

function json(value: unknown): string {
  return `\`\`\`json\n${JSON.stringify(value, undefined, 2)}\n\`\`\`\n`;
}
