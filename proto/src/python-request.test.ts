import { describe, expect, it } from "vitest";
import {
  downloadUrlProblem,
  normalPythonName,
  parsePythonRequirement,
  pythonRequirementProblem,
  pythonVersionProblem,
} from "./python-request.ts";

describe("a version of Python", () => {
  it.each(["3.11.8", "3.9.0", "3.13.12"])("may be %j", (version) => {
    expect(pythonVersionProblem(version)).toBeUndefined();
  });

  it.each([
    "",
    "3",
    "3.11",
    "3.11.8 ",
    "3.11.8\n",
    "-f",
    "3.11-dev",
    "pypy3.10-7.3",
    "../3.11.8",
    "2.7.18",
    "3.11.8:x",
  ])("is not %j", (version) => expect(pythonVersionProblem(version)).toContain("no release of Python 3"));
});

describe("a Python requirement", () => {
  it("is a name in any spelling, with or without a version", () => {
    expect(parsePythonRequirement("mpi4py")).toEqual({ name: "mpi4py" });
    expect(parsePythonRequirement("Ruamel_Yaml.clib==0.2.8")).toEqual({ name: "ruamel-yaml-clib", version: "0.2.8" });
    expect(pythonRequirementProblem("click==8.1.7")).toBeUndefined();
  });

  it.each([
    "",
    "-r",
    "--index-url=http://x",
    "a b",
    "a;b",
    "click>=8",
    "click==",
    "click==8==9",
    "click==-1",
    "./x",
    "a/b",
    "a@http://x",
    "a[b]",
    "a-",
    "a\n",
    "é",
  ])("is not %j", (text) => {
    expect(pythonRequirementProblem(text)).toContain("no Python package");
  });

  it("has one name however it is spelt", () => {
    expect(["Py_Yaml", "py.yaml", "PY--yaml"].map(normalPythonName)).toEqual(["py-yaml", "py-yaml", "py-yaml"]);
  });
});

describe("an address to download from", () => {
  it.each(["https://pypi.org/simple", "http://192.168.56.1:8080/a/b.tar.gz?x=1&y=%20", "http://[::1]/x"])(
    "may be %j",
    (text) => expect(downloadUrlProblem(text)).toBeUndefined(),
  );

  it.each([
    "",
    "pypi.org",
    "file:///etc/shadow",
    "ftp://x/y",
    "https://",
    "http://a b",
    "http://a/$(id)",
    "http://a/`id`",
    "http://a/'",
    "http://a\n",
    "-http://a",
    "http://me:secret@a/",
    "http://me@a/",
  ])("is not %j", (text) => expect(downloadUrlProblem(text)).toBeDefined());
});
