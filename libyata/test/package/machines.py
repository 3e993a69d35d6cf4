# SPDX-License-Identifier: MIT
"""The C tests again: as 32-bit programs, and unoptimised with the other compiler, both under sanitizers."""

import json
import os
import shutil
import subprocess

from tap import Failed, Skip, build_with_meson, run

SANITIZE = "-Db_sanitize=address,undefined"
SLOW = ("libyata/local", "libyata/model", "libyata/quick", "libyata/tree", "libyata/update")
ENV = {"ASAN_OPTIONS": "detect_leaks=1", "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1"}


def needs_32_bit(build):
    """Skips, saying what the compiler said, when it makes no 32-bit programs or they do not run."""
    source, program = os.path.join(build, "bits.c"), os.path.join(build, "bits")
    with open(source, "w", encoding="utf-8") as stream:
        stream.write("#include <stdint.h>\nint main(void) { return sizeof(void *) == 4 ? 0 : 1; }\n")
    made = subprocess.run(["gcc", "-m32", "-fsanitize=address,undefined", source, "-o", program], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if made.returncode != 0:
        said = made.stdout.strip().splitlines() or ["nothing"]
        raise Skip("gcc makes no 32-bit programs here (Debian: gcc-multilib): " + said[-1])
    if subprocess.run([program], stderr=subprocess.DEVNULL).returncode != 0:
        raise Skip("32-bit programs do not run here")


def build_32(root, build, quick):
    needs_32_bit(build)
    folder = os.path.join(build, "m32-quick" if quick else "m32")
    sanitizers = ["-Doptimization=0"] if quick else ["-Doptimization=1", SANITIZE]
    build_with_meson(root, folder, "-Dtests=enabled", "--buildtype=debug", *sanitizers,
                     "-Dc_args=-m32", "-Dc_link_args=-m32", "-Ddefault_library=static", env={"CC": "gcc"})
    kind = run(["readelf", "-h", os.path.join(folder, "yata")])
    if "ELF32" not in kind:
        raise Failed("the programs are not 32-bit ones\n" + kind)
    return folder


def build_unoptimised(root, build, quick):
    """clang's sanitizer of undefined behaviour finds what gcc's does not, as an offset from a null pointer."""
    if not shutil.which("clang"):
        raise Failed("clang is not here")
    folder = os.path.join(build, "clang-quick" if quick else "clang")
    how = ["-Db_sanitize=undefined", "-Db_lundef=false", "-Ddefault_library=static"] if quick else [
        SANITIZE, "-Ddefault_library=both"]
    build_with_meson(root, folder, "-Dtests=enabled", "--buildtype=debug", "-Doptimization=0", *how,
                     env={"CC": "clang"})
    return folder


def names_of_tests(folder, quick):
    """All of them as meson calls them, or those that take no time."""
    tests = [line.rpartition(" / ")[2] for line in run(["meson", "test", "-C", folder, "--list"]).splitlines()]
    return [test for test in tests if test.startswith("libyata/") and not (quick and test in SLOW)]


def run_tests(tap, folder, where, quick):
    """One result for each test program: it says how many tests there were."""
    names = names_of_tests(folder, quick)
    subprocess.run(["meson", "test", "-C", folder, "--no-rebuild", "-t", "4", *names], stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, env={**os.environ, **ENV}, check=False)
    log = os.path.join(folder, "meson-logs", "testlog.json")
    with open(log, encoding="utf-8") as stream:
        for line in stream:
            test = json.loads(line)
            out = test.get("stdout", "")
            count = sum(word.startswith("ok ") for word in out.splitlines())
            tap.result(test["result"] == "OK" and count > 0, f"{where}: {test['name']}, {count} tests",
                       "" if test["result"] == "OK" else out + test.get("stderr", ""))


def check(tap, root, build, quick):
    for where, builder in (("32-bit", build_32), ("clang -O0 -fsanitize", build_unoptimised)):
        folder = tap.test(where + ": everything compiles", builder, root, build, quick)
        if folder is not None:
            run_tests(tap, folder, where, quick)
