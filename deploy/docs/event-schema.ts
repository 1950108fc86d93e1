import { fromBinary } from "@bufbuild/protobuf";
import {
  type DescriptorProto,
  type FieldDescriptorProto,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  type FileDescriptorProto,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";

/** What the schema says of one event. */
export type EventEntry = {
  /** As in "node.ready". */
  readonly type: string;
  readonly comment: string;
  readonly fields: readonly FieldEntry[];
};

/** One field of an event's data, by its name in JSON. `form` says what JSON has there. */
export type FieldEntry = { readonly name: string; readonly form: string; readonly comment: string };

/** The image holds no events where they should be. */
export class NoEventsError extends Error {
  override readonly name = "NoEventsError";
}

const eventFile = "cowherd/v1/event.proto";

/** Reads every event out of an image that buf built, with its comments, in the order of the schema. Throws NoEventsError. */
export function eventsIn(image: Uint8Array): readonly EventEntry[] {
  const { file: files } = fromBinary(FileDescriptorSetSchema, image);
  const messages = new Map(files.flatMap(documented).map((one) => [one.name, one]));
  const event = messages.get(".cowherd.v1.Event");
  if (event === undefined) throw new NoEventsError(`the image holds no ${eventFile}`);
  return event.fields.map(({ field }) => {
    const message = messages.get(field.typeName);
    if (message === undefined) throw new NoEventsError(`the image holds no ${field.typeName}`);
    const type = field.name.replace("_", ".");
    return { type, comment: message.comment, fields: message.fields.map((one) => fieldEntry(one, messages)) };
  });
}

type Documented = {
  readonly name: string;
  readonly comment: string;
  readonly fields: readonly DocumentedField[];
};
type DocumentedField = { readonly field: FieldDescriptorProto; readonly comment: string };

/** The messages of a file with what stands above each of them, and above each field. */
function documented(file: FileDescriptorProto): readonly Documented[] {
  const comments = new Map(
    file.sourceCodeInfo?.location.map(({ path, leadingComments }) => [path.join("."), inOneLine(leadingComments)]),
  );
  // The numbers of message_type in a file and of field in a message, by descriptor.proto.
  const commentOf = (message: number, field?: number) =>
    comments.get(field === undefined ? `4.${message}` : `4.${message}.2.${field}`) ?? "";
  return file.messageType.map((message: DescriptorProto, at) => ({
    name: `.${file.package}.${message.name}`,
    comment: commentOf(at),
    fields: message.field.map((field, number) => ({ field, comment: commentOf(at, number) })),
  }));
}

function fieldEntry({ field, comment }: DocumentedField, messages: ReadonlyMap<string, Documented>): FieldEntry {
  const one = formOf(field, messages);
  const repeated = field.label === FieldDescriptorProto_Label.REPEATED;
  const form = `${repeated ? `list of ${one}` : one}${field.proto3Optional ? ", or missing" : ""}`;
  return { name: field.jsonName, form, comment };
}

function formOf({ type, typeName }: FieldDescriptorProto, messages: ReadonlyMap<string, Documented>): string {
  if (type === FieldDescriptorProto_Type.STRING) return "text";
  if (type !== FieldDescriptorProto_Type.MESSAGE) return "number";
  if (typeName === ".google.protobuf.Timestamp") return "time (RFC 3339)";
  const parts = messages
    .get(typeName)
    ?.fields.map((part) => `\`${part.field.jsonName}\`: ${formOf(part.field, messages)}`);
  return `{ ${parts?.join(", ") ?? ""} }`;
}

function inOneLine(comment: string): string {
  return comment.trim().replace(/\s*\n\s*/g, " ");
}
