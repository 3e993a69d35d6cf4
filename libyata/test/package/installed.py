# SPDX-License-Identifier: MIT
"""Build libyata alone, install it into a folder, and use it from there."""

import os
import re
import shutil
import sys

from tap import Failed, Skip, build_with_meson, expect_same, run

VERSION = "0.1.0"
LIBRARY = "libyata.so." + VERSION
FILES = ["bin/yata", "include/yata.h", "lib/libyata.a", "lib/libyata.so", "lib/libyata.so.0", "lib/" + LIBRARY,
         "lib/pkgconfig/libyata.pc", "share/man/man1/yata.1", "share/man/man3/libyata.3"]
NEEDED = {"libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]

USE = """#include <yata.h>
int main(void) {
  yata_buf buf = YATA_BUF_INIT;
  yata_snapshot snapshot = YATA_SNAPSHOT_INIT;
  yata_relpos place = YATA_RELPOS_INIT;
  yata_doc *doc = NULL;
  yata_type text = {0, 0};
  int err = yata_doc_create(NULL, &doc);
  if (err == YATA_OK) err = yata_text(doc, "text", &text);
  if (err == YATA_OK) err = yata_txn_begin(doc);
  if (err == YATA_OK) err = yata_text_insert(doc, text, 0, "a", 1);
  if (err == YATA_OK) err = yata_txn_commit(doc, &buf);
  if (err == YATA_OK && buf.len == 0) err = YATA_ERR_STATE;
  if (err == YATA_OK) err = yata_snapshot_take(&snapshot, doc);
  if (err == YATA_OK) err = yata_relpos_create(doc, text, 1, 0, &place);
  yata_relpos_deinit(&place);
  yata_snapshot_deinit(&snapshot);
  yata_buf_deinit(&buf);
  yata_doc_destroy(doc);
  return err == YATA_OK ? 0 : 1;
}
"""


class Package:
    """Where it was installed."""

    def __init__(self, prefix):
        self.prefix = prefix
        self.include = os.path.join(prefix, "include")
        self.lib = os.path.join(prefix, "lib")
        self.header = os.path.join(self.include, "yata.h")
        self.library = os.path.join(self.lib, LIBRARY)
        self.archive = os.path.join(self.lib, "libyata.a")


def write(folder, name, text):
    file = os.path.join(folder, name)
    with open(file, "w", encoding="utf-8") as stream:
        stream.write(text)
    return file


def install(root, build):
    """Without a single library that pkg-config could find."""
    folder, prefix = os.path.join(build, "alone"), os.path.join(build, "prefix")
    build_with_meson(root, folder, "-Dtests=disabled", "--buildtype=debug", "--prefix=" + prefix, "--libdir=lib",
                     env={"PKG_CONFIG_LIBDIR": "/nonexistent", "PKG_CONFIG_PATH": ""})
    shutil.rmtree(prefix, ignore_errors=True)
    run(["meson", "install", "-C", folder, "--no-rebuild", "--quiet"])
    return Package(prefix)


def check_files(package):
    found = [os.path.relpath(os.path.join(where, name), package.prefix)
             for where, _, names in os.walk(package.prefix) for name in names]
    expect_same(found, FILES, "files installed")


def check_dynamic_section(package):
    lines = run(["readelf", "-d", package.library])
    if "[libyata.so.0]" not in lines:
        raise Failed("its soname is not libyata.so.0\n" + lines)
    needed = set(re.findall(r"NEEDED.*\[(.*)\]", lines))
    if not needed <= NEEDED:
        raise Failed(f"it needs {sorted(needed - NEEDED)}")


def declared(header, compiler="cc"):
    """What the compiler sees of the header: the functions marked for export."""
    text = run([compiler, "-E", "-P", "-x", "c", header])
    names = set()
    for declaration in re.split(r"[;{}]", text):
        if 'visibility("default")' in declaration:
            bare = re.sub(r"__attribute__\s*\(\((?:[^()]|\([^()]*\))*\)\)", "", declaration)
            names.add(re.search(r"(\w+)\s*\(", bare).group(1))
    return names


def check_exports(package):
    names = declared(package.header)
    if len(names) < 50:
        raise Failed(f"only {len(names)} functions found in yata.h")
    symbols = [line.split()[-1] for line in run(["nm", "-D", "--defined-only", package.library]).splitlines()]
    symbols = [symbol for symbol in symbols if symbol != "YATA_0"]
    expect_same(symbols, [name + "@@YATA_0" for name in names], "symbols of the shared library")


def check_archive(package):
    """Nothing in it may clash with a program's own names."""
    symbols = run(["nm", "-g", "--defined-only", package.archive])
    foreign = [line for line in symbols.splitlines() if re.search(r" [A-Z] (?!yata_)", line)]
    if foreign:
        raise Failed("without the prefix yata_:\n" + "\n".join(foreign))


def pkg_config(package, *words):
    return run(["pkg-config", *words, "libyata"],
               env={"PKG_CONFIG_PATH": os.path.join(package.lib, "pkgconfig")}).split()


def check_pkg_config(package, build):
    source, program = write(build, "use.c", USE), os.path.join(build, "use-shared")
    run(["cc", source, "-o", program, *pkg_config(package, "--cflags", "--libs")])
    run([program], env={"LD_LIBRARY_PATH": package.lib})
    if "libyata.so.0" not in run(["readelf", "-d", program]):
        raise Failed("the program does not use the shared library")
    if pkg_config(package, "--modversion") != [VERSION]:
        raise Failed("the version is not " + VERSION)


def check_static(package, build):
    source, program = write(build, "use.c", USE), os.path.join(build, "use-static")
    flags = [package.archive if flag == "-lyata" else flag
             for flag in pkg_config(package, "--static", "--cflags", "--libs")]
    run(["cc", source, "-o", program, *flags])
    run([program])


def check_examples(package, root, build):
    """Those of the guide, as a user builds them: what they print is what the guide says."""
    folder = os.path.join(root, "libyata", "examples")
    names = sorted(name[:-2] for name in os.listdir(folder) if name.endswith(".c"))
    if not names:
        raise Failed("there are no examples")
    flags = pkg_config(package, "--cflags", "--libs")
    for name in names:
        program = os.path.join(build, "example-" + name)
        run(["cc", *WARNINGS, os.path.join(folder, name + ".c"), "-o", program, *flags])
        expect_output(folder, name, run([program], env={"LD_LIBRARY_PATH": package.lib}))


def check_python(package, root):
    folder = os.path.join(root, "libyata", "examples")
    said = run([sys.executable, "-B", "edit.py", "notes.yjs"], cwd=os.path.join(folder, "python"),
               env={"YATA_LIBRARY": os.path.join(package.lib, "libyata.so.0"), "PYTHONIOENCODING": "utf-8"})
    expect_output(folder, "edit", said)


def expect_output(folder, name, said):
    with open(os.path.join(folder, "expected", name + ".txt"), encoding="utf-8") as stream:
        expected = stream.read()
    if said != expected:
        raise Failed(f"{name} printed\n{said}\ninstead of\n{expected}")


def check_manual(package, page):
    if not shutil.which("mandoc"):
        raise Skip("mandoc is not here")
    run(["mandoc", "-T", "lint", "-W", "warning", os.path.join(package.prefix, "share", "man", page)])


def check_manual_example(package, build):
    with open(os.path.join(package.prefix, "share", "man", "man3", "libyata.3"), encoding="utf-8") as stream:
        code = re.search(r"^\.Bd -literal.*?\n(.*?)^\.Ed$", stream.read(), re.M | re.S).group(1)
    source, program = write(build, "manual.c", code.replace("\\e", "\\")), os.path.join(build, "manual")
    run(["cc", *WARNINGS, source, "-o", program, *pkg_config(package, "--cflags", "--libs")])
    said = run([program], env={"LD_LIBRARY_PATH": package.lib})
    if said != '{"notes":"hello"}\n':
        raise Failed("it printed " + said)


def compilers():
    """(command, language) of what is here; of C++ at least one is wanted."""
    c = [[name, "c"] for name in ("gcc", "clang") if shutil.which(name)]
    cxx = [[name, "c++"] for name in ("g++", "clang++") if shutil.which(name)]
    return c + (cxx or [["c++", "c++"]])


def check_header(package, build, compiler, language, standard):
    if not shutil.which(compiler):
        raise Failed("no C++ compiler is here")
    source = write(build, "use.cc" if language == "c++" else "use.c", USE)
    program = os.path.join(build, "use-" + standard)
    run([compiler, "-std=" + standard, *WARNINGS, "-I" + package.include, source, "-o", program, package.archive, "-lm"])
    run([program])


def check_subproject(root, build):
    folder = os.path.join(build, "parent")
    os.makedirs(os.path.join(folder, "subprojects"), exist_ok=True)
    write(folder, "use.c", USE)
    write(folder, "meson.build", """project('parent', 'c')
yata = dependency('libyata', fallback: 'yoke', default_options: ['tests=disabled', 'default_library=static'])
executable('use', 'use.c', dependencies: yata)
""")
    link = os.path.join(folder, "subprojects", "yoke")
    if os.path.islink(link):
        os.unlink(link)
    os.symlink(root, link)
    built = os.path.join(folder, "build")
    if not os.path.exists(os.path.join(built, "build.ninja")):
        run(["meson", "setup", built, folder, "--wrap-mode=default", "-Dyoke:tests=disabled"],
            env={"PKG_CONFIG_LIBDIR": "/nonexistent", "PKG_CONFIG_PATH": ""})
    run(["ninja", "-C", built, "use"])
    run([os.path.join(built, "use")])


def check(tap, root, build, quick):
    package = tap.test("built and installed alone, with nothing but libc around", install, root, build)
    if package is None:
        return
    tap.test("exactly what belongs to it is installed", check_files, package)
    tap.test("libyata.so.0 needs libc alone", check_dynamic_section, package)
    tap.test("it exports what yata.h declares, under a version", check_exports, package)
    tap.test("all names in libyata.a begin with yata_", check_archive, package)
    tap.test("a program by pkg-config, shared", check_pkg_config, package, build)
    tap.test("a program by pkg-config, static", check_static, package, build)
    for compiler, language in compilers():
        for standard in ("c11", "c17") if language == "c" else ("c++11", "c++17"):
            tap.test(f"yata.h as {standard} with {compiler}", check_header, package, build, compiler, language, standard)
    if not quick:
        tap.test("as a subproject of meson", check_subproject, root, build)
    tap.test("the examples print what the guide says", check_examples, package, root, build)
    tap.test("the example in Python prints what the guide says", check_python, package, root)
    for page in ("man1/yata.1", "man3/libyata.3"):
        tap.test(f"mandoc has nothing to say of {page}", check_manual, package, page)
    tap.test("the example of libyata(3) works", check_manual_example, package, build)
