import type { z } from "zod";
import {
  type ClusterSpec,
  type HostfileSpec,
  InvalidSpecError,
  type NodeSpec,
  type PythonSpec,
  type SpecProblem,
} from "./cluster-spec.ts";
import { eventsFields, eventsOf, keepFields, natsFields } from "./events-schema.ts";
import { networkOf, sharedOf } from "./feature-defaults.ts";
import { networkFields, pythonFields, remnantsFields, sharedFields } from "./feature-schema.ts";
import { defaultFormPath, defaultHome, defaultHostfile } from "./home-layout.ts";
import { hostfileFields, slotsFields } from "./hostfile-schema.ts";
import { livenessFields, livenessOf } from "./liveness-schema.ts";
import { compareNames } from "./natural-order.ts";
import { nearest } from "./nearest.ts";
import { defaultRole, ruleBreaches } from "./spec-rules.ts";
import { type SpecFields, specFields } from "./spec-schema.ts";
import { readYaml, type YamlDocument } from "./yaml-document.ts";

const longestText = 2 ** 20;
const mostProblems = 50;

/**
 * Parses the text of cluster.yaml and fills in the defaults.
 *
 * Throws InvalidSpecError with every problem at once (of very many, the first), in the
 * order of the document, and nothing else. Only where the text is no YAML at all are its own errors the whole answer.
 */
export function parseClusterSpec(text: string): ClusterSpec {
  if (text.length > longestText) {
    throw new InvalidSpecError([{ line: 1, column: 1, path: "", message: "is longer than 1 MiB" }]);
  }
  const document = readYaml(text);
  if (document.broken) throw new InvalidSpecError(inOrder(document.problems));
  const parsed = specFields.safeParse(document.value);
  const problems = [
    ...document.problems,
    ...(parsed.success ? [] : parsed.error.issues.flatMap((issue) => problemsOf(issue, document))),
    ...ruleBreaches(document.value).map(({ path, place, message, other }) => {
      const line = other && document.problemAt(other, "", "value").line;
      return document.problemAt(path, line === undefined ? message : `${message}, in line ${line}`, place);
    }),
  ];
  if (parsed.success && problems.length === 0) return clusterSpecOf(parsed.data);
  throw new InvalidSpecError(inOrder(problems));
}

function problemsOf(issue: z.core.$ZodIssue, document: YamlDocument): readonly SpecProblem[] {
  if (issue.code !== "unrecognized_keys") return [document.problemAt(issue.path, issue.message, "value")];
  const known = keysAt(issue.path);
  return issue.keys.map((key) => {
    const meant = nearest(key, known);
    const hint = meant === undefined ? `known are ${known.join(", ")}` : `did you mean ${meant}?`;
    return document.problemAt([...issue.path, key], `is not a key of cluster.yaml: ${hint}`, "key");
  });
}

/** By the path of what they are the shape of; every node has the same. */
const shapes: ReadonlyMap<string, object> = new Map<string, object>([
  ["nodes", specFields.shape.nodes.valueType.shape],
  ["user", specFields.shape.user.unwrap().shape],
  ["hostfile", hostfileFields.shape],
  ["slots", slotsFields.shape],
  ["liveness", livenessFields.shape],
  ["network", networkFields.shape],
  ["shared", sharedFields.shape],
  ["python", pythonFields.shape],
  ["remnants", remnantsFields.shape],
  ["events", eventsFields.shape],
  ["events.nats", natsFields.shape],
  ["events.keep", keepFields.shape],
]);

function keysAt(path: readonly PropertyKey[]): readonly string[] {
  const [first = "", second = ""] = path.map(String);
  return Object.keys(shapes.get(`${first}.${second}`) ?? shapes.get(first) ?? specFields.shape);
}

/**
 * Sorts by place. One place tells one thing: the first that was found, of which the others
 * follow. At most `mostProblems`, since they travel in a trailer of limited size.
 */
function inOrder(problems: readonly SpecProblem[]): readonly SpecProblem[] {
  const byPlace = new Map(
    problems.toReversed().map((problem) => [`${problem.line}:${problem.column}:${problem.path}`, problem]),
  );
  const sorted = [...byPlace.values()].sort((a, b) => a.line - b.line || a.column - b.column);
  const rest = sorted[mostProblems];
  if (rest === undefined) return sorted;
  const more = { ...rest, path: "", message: `and ${sorted.length - mostProblems} more problems from here on` };
  return [...sorted.slice(0, mostProblems), more];
}

function clusterSpecOf({
  user,
  nodes,
  hostfile,
  liveness,
  network,
  shared,
  python,
  remnants,
  events,
  ...rest
}: SpecFields): ClusterSpec {
  const { name, uid, gid = uid, home = defaultHome(name), shell, groups } = user;
  const names = Object.keys(nodes).sort(compareNames);
  return {
    ...rest,
    user: { name, uid, gid, home, shell, groups },
    hostfile: hostfileOf(hostfile, home),
    liveness: livenessOf(liveness),
    network: networkOf(network),
    shared: sharedOf(shared, home, rest.subnet),
    python: pythonOf(python),
    remnants: { end: remnants.end, graceSeconds: remnants.grace },
    events: eventsOf(events),
    nodes: new Map(names.flatMap((key) => nodeSpecOf(key, nodes[key])).map((node) => [node.name, node])),
  };
}

/** A form that is switched on without a place of its own lies beside the first file. */
function hostfileOf({ path: written, mpich, intel, ...rest }: SpecFields["hostfile"], home: string): HostfileSpec {
  const path = written ?? defaultHostfile(home);
  const placeOf = (form: "mpich" | "intel", place: boolean | string) =>
    typeof place === "string" ? place : place ? defaultFormPath(path, form) : undefined;
  return { ...rest, path, mpich: placeOf("mpich", mpich), intel: placeOf("intel", intel) };
}

/** It is off unless it is asked for: a build takes minutes on every node. */
function pythonOf(python: SpecFields["python"]): PythonSpec | undefined {
  if (python === undefined || python === "off") return undefined;
  const { pyenv: pyenvUrl, pyenvSha256, mirror: mirrorUrl, index: indexUrl, ...rest } = python;
  return { ...rest, pyenvUrl, pyenvSha256, mirrorUrl, indexUrl };
}

function nodeSpecOf(name: string, fields: SpecFields["nodes"][string] | undefined): readonly NodeSpec[] {
  if (fields === undefined) return [];
  const { address, role = defaultRole(name), slots, mac } = fields;
  return [{ name, address, role, slots, mac }];
}
