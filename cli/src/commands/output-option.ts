import { Option } from "@commander-js/extra-typings";

/** The option of every command that has a form for programs. */
export function outputOption<const Form extends string>(forPeople: Form) {
  return new Option("-o, --output <form>", "how to write the result")
    .choices([forPeople, "json"] as const)
    .default(forPeople);
}
