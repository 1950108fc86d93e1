import { type Cowctl, examples, type ParentCommand } from "./cowctl.ts";
import { addEventsUserAdd } from "./events-user-add.ts";
import { addEventsUserList } from "./events-user-list.ts";
import { addEventsUserRemove } from "./events-user-remove.ts";

/** Adds `cowctl events user` and its commands. `form` is what -o asks for, which the parent takes wherever it stands. */
export function addEventsUser(parent: ParentCommand, cowctl: Cowctl, form: () => "text" | "json"): void {
  const user = parent
    .command("user")
    .description("say who may listen to the events at the cluster's own broker")
    .addHelpText("after", examples("cowctl events user add dashboard", "cowctl events user list"));
  addEventsUserAdd(user, cowctl);
  addEventsUserList(user, cowctl, form);
  addEventsUserRemove(user, cowctl);
}
