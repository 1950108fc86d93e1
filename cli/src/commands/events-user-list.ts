import { renderJson } from "../output/json.ts";
import { type Cowctl, examples, type ParentCommand } from "./cowctl.ts";

/** Adds `cowctl events user list`. */
export function addEventsUserList(parent: ParentCommand, cowctl: Cowctl, form: () => "text" | "json"): void {
  parent
    .command("list")
    .description("list who may listen to the events")
    .addHelpText("after", examples("cowctl events user list", "cowctl events user list -o json"))
    .action(() => listUsers(cowctl, form()));
}

async function listUsers(cowctl: Cowctl, form: "text" | "json"): Promise<void> {
  using link = await cowctl.connect();
  const users = await link.listEventsUsers(cowctl.signal);
  if (form === "json") return cowctl.stdout.write(renderJson({ users }));
  if (users.length === 0) return cowctl.stderr.write("nobody may listen but the controller\n");
  const { renderTable } = await import("../output/table.ts");
  const { formatTime } = await import("../output/time.ts");
  cowctl.stdout.write(
    renderTable(
      ["NAME", "ADDED", "KEY"],
      users.map(({ name, addedAt, key }) => [name, formatTime(addedAt), key]),
    ),
  );
}
