import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Those that take minutes, the longest first: begun last, one of them would keep a worker busy alone. */
const longest = ["python.host", "cluster.host", "kills.host", "drain.host", "admission.host"];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = longest.findIndex((part) => moduleId.includes(`/${part}.`));
      return at < 0 ? longest.length : at;
    };
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}

const folders = "{proto,agent,controller,cli,deploy}";

/** Tests on booted containers wait for a part of their time, so that three files share two cores; virtual machines need them whole. */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: "pure",
          testTimeout: 30_000, // against what hangs; a property test on a busy machine takes seconds
          isolate: false, // no module has state, and no test patches one
          maxWorkers: "100%", // by itself it leaves a processor idle, which of two is half
          include: [`${folders}/**/*.test.ts`],
          exclude: ["**/*.{host,vm}.test.ts", "**/node_modules/**"],
        },
      },
      {
        test: {
          name: "hosts",
          include: [`${folders}/**/*.host.test.ts`],
          exclude: ["**/node_modules/**"],
          maxWorkers: 3,
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: "vms",
          include: [`${folders}/**/*.vm.test.ts`],
          exclude: ["**/node_modules/**"],
          fileParallelism: false,
          testTimeout: 900_000, // an emulated processor is slow, and boots take minutes where two share a core
          hookTimeout: 2_400_000,
        },
      },
    ],
  },
});
