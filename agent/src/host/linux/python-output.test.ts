import { describe, expect, it } from "vitest";
import { pipPhase, pythonBuildPhase, pythonFailureReason } from "./python-output.ts";

const failures: readonly [string, string][] = [
  [
    "Downloading Python-3.11.2.tar.xz...\n-> https://www.python.org/ftp/python/3.11.2/Python-3.11.2.tar.xz\ncurl: (6) Could not resolve host: www.python.org\nerror: failed to download Python-3.11.2.tar.xz\n\nBUILD FAILED (Debian 12 using python-build 2.7.1)\n",
    "curl: (6) Could not resolve host: www.python.org",
  ],
  [
    "gcc -c Objects/errors.c\nPython/x.c:3:1: fatal error: error writing to /tmp/x.s: No space left on device\nmake: *** [Makefile:1] Error 1\n",
    "Python/x.c:3:1: fatal error: error writing to /tmp/x.s: No space left on device",
  ],
  [
    "python-build: definition not found: 3.99.1\n\nSee all available versions",
    "python-build: definition not found: 3.99.1",
  ],
  [
    "Installing Python-3.11.2...\nTraceback (most recent call last):\nModuleNotFoundError: No module named '_ssl'\nERROR: The Python ssl extension was not compiled. Missing the OpenSSL lib?\n\nBUILD FAILED",
    "ERROR: The Python ssl extension was not compiled. Missing the OpenSSL lib?",
  ],
  [
    "Collecting mpi4py\n  error: subprocess-exited-with-error\n  │ exit code: 1\n  ╰─> [9 lines of output]\n      src/mpi4py.c:1:10: fatal error: mpi.h: No such file or directory\nERROR: Could not build wheels for mpi4py\n",
    "src/mpi4py.c:1:10: fatal error: mpi.h: No such file or directory",
  ],
  [
    "ERROR: Could not find a version that satisfies the requirement nosuch (from versions: none)\nERROR: No matching distribution found for nosuch\n",
    "ERROR: Could not find a version that satisfies the requirement nosuch (from versions: none)",
  ],
  [
    "ImportError: libmpi.so.40: cannot open shared object file\n",
    "ImportError: libmpi.so.40: cannot open shared object file",
  ],
  ["one\ntwo \x1b[31mred\n", "two  [31mred"],
  ["", "ended without a word"],
];

describe("why a build or pip failed", () => {
  it.each(failures)("is found in %j", (output, reason) => {
    expect(pythonFailureReason(output)).toBe(reason);
  });
});

describe("how far a build is", () => {
  it.each([
    ["Downloading Python-3.11.2.tgz...\n-> http://192.168.56.1/x\n", "downloading"],
    ["checking for gcc... gcc\nconfigure: creating ./config.status\n", "configuring"],
    ["checking for a\ngcc -pthread -c -Wsign-compare -o Parser/x.o Parser/x.c\n  warning: what\n", "compiling"],
    ["gcc -c x.c\nCompiling '/home/ada/.pyenv/versions/3.11.2/lib/python3.11/abc.py'...\n", "installing"],
    ["Compiling 'a'\nLooking in links: /tmp/x\nInstalling collected packages: setuptools, pip\n", "installing pip"],
  ])("is read from %j", (output, phase) => {
    expect(pythonBuildPhase(output)).toBe(phase);
  });

  it("is unknown where nothing tells", () => {
    expect(pythonBuildPhase("hello\n")).toBeUndefined();
  });

  it("is read from pip's own words", () => {
    expect(pipPhase("Collecting mpi4py\n  Downloading mpi4py-3.1.4.tar.gz (2.5 MB)\n")).toBe(
      "downloading mpi4py-3.1.4.tar.gz (2.5 MB)",
    );
    expect(pipPhase("Looking in links: http://x\n")).toBeUndefined();
  });
});
