/* SPDX-License-Identifier: MIT */
/* yata: look into, merge, convert and check files that hold Yjs updates. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "bench.h"
#include "bench_grow.h"
#include "file.h"

static const char usage[] =
    "usage: yata info FILE\n"
    "       yata text [--name NAME] [--unlimited] FILE\n"
    "       yata json [--unlimited] FILE\n"
    "       yata merge OUT FILE...\n"
    "       yata diff FILE STATE_VECTOR\n"
    "       yata convert --to v1|v2 FILE OUT\n"
    "       yata check FILE\n"
    "       yata bench load|apply|local|edit|encode|tiny|diff|merge FILE\n"
    "       yata bench grow PATTERN COUNT\n"
    "       yata --help | --version\n"
    "\n"
    "A FILE holds a Yjs update; - is a pipe. Whether it is in encoding version 1 or 2 is found out, unless --v1 or --v2\n"
    "says so. `merge` writes the version of the first FILE, `diff` that of its FILE.\n"
    "\n"
    "info     what the update is made of, and its root types\n"
    "text     the text or markup of the root of that name, or of the first with text, or else XML\n"
    "json     the whole document\n"
    "merge    one update that does what all do, to OUT\n"
    "diff     what FILE has beyond the encoded state vector, to standard output\n"
    "check    well formed, complete, and sound when it is loaded?\n"
    "bench    one line of JSON: median_ms of 15 runs, bytes, items, live_bytes, ...\n"
    "         apply reads a row of updates, each behind its length as a varUint, or one update;\n"
    "         local edits: position, deleted units, bytes, 32 bits each, and those bytes;\n"
    "         grow edits as " BENCH_PATTERNS "\n"
    "\n"
    "Exit status: 0; 1 when a file is not as it should be or cannot be read or written; 2 for wrong usage.\n";

static const char *kind_name(enum yata_kind kind) {
  static const char *const names[] = {"unknown",     "array",        "map",      "text",
                                      "xml element", "xml fragment", "xml hook", "xml text"};
  return names[kind];
}

static void print_info(const struct update *u, const yata_update_info *in, const yata_doc *doc) {
  yata_stats stats;
  uint32_t cursor = 0;
  yata_type type;
  yata_slice name;
  yata_doc_stats(doc, &stats);
  printf("version %d\nbytes %zu\nclients %zu\nstructs %zu\nunits %llu\ndeleted ranges %zu\n"
         "items %zu\npending bytes %zu\nlive bytes %zu\n",
         u->version, u->bytes.len, in->clients, in->structs, (unsigned long long)in->units, in->deleted_ranges,
         stats.items, stats.pending_bytes, stats.live_bytes);
  while (yata_root_next(doc, &cursor, &type, &name) == 0)
    printf("root %.*s (%s)\n", (int)name.len, (const char *)name.data, kind_name(yata_type_guess(doc, type)));
}

static int info(const struct args *a) {
  struct update u;
  yata_update_info in;
  yata_doc *doc = NULL;
  int err = file_read_update(a->files[0], a->version, &u), status = err < 0;
  if (err == 0) {
    err = (u.version == 1 ? yata_update_inspect : yata_update_inspect_v2)(u.bytes.data, u.bytes.len, &in);
    if (err == 0) err = yata_doc_create(NULL, &doc);
    status = err < 0 ? file_complain(u.path, err) : file_apply(doc, &u) < 0;
  }
  if (status == 0) print_info(&u, &in, doc);
  yata_doc_destroy(doc);
  yata_buf_deinit(&u.bytes);
  return status;
}

static bool is_text(enum yata_kind kind) {
  return kind == YATA_KIND_TEXT || kind == YATA_KIND_XML_TEXT;
}

static bool is_xml(enum yata_kind kind) {
  return kind == YATA_KIND_XML_FRAGMENT || kind == YATA_KIND_XML_ELEMENT;
}

struct root {
  yata_slice name;
  enum yata_kind kind; /* that it looks like */
};

/* The root to show: the one that is named, or the first that looks like text, or, when none does, like XML. */
static int pick(const yata_doc *doc, const char *name, struct root *out) {
  uint32_t cursor = 0;
  struct root r;
  yata_type type;
  bool found = false;
  while (yata_root_next(doc, &cursor, &type, &r.name) == 0) {
    bool named = name != NULL && r.name.len == strlen(name) && memcmp(r.name.data, name, r.name.len) == 0;
    r.kind = yata_type_guess(doc, type);
    if (!named && (name != NULL || !(is_text(r.kind) || (is_xml(r.kind) && !found)))) continue;
    *out = r;
    found = true;
    if (named || is_text(r.kind)) return 0;
  }
  return found ? 0 : YATA_ERR_NOT_FOUND;
}

/* Its characters, or its markup. A text may have attributes, and then looks like a map. */
static int read_root(yata_doc *doc, const struct root *root, yata_buf *out) {
  yata_type type;
  uint32_t length = 0;
  if (!is_text(root->kind) && !is_xml(root->kind) && root->kind != YATA_KIND_MAP) return YATA_ERR_KIND;
  char *name = strndup((const char *)root->name.data, root->name.len);
  int err =
      name == NULL ? YATA_ERR_NOMEM : yata_root(doc, name, is_xml(root->kind) ? root->kind : YATA_KIND_TEXT, &type);
  free(name);
  if (err == 0 && is_xml(root->kind)) return yata_xml_to_string(doc, type, out);
  if (err == 0) err = yata_text_length(doc, type, &length);
  if (err == 0 && length == 0 && !is_text(root->kind)) return YATA_ERR_KIND;
  return err == 0 ? yata_text_read(doc, type, out) : err;
}

/* What is printed may be very long. */
static int load(const struct args *a, yata_doc **out) {
  return file_load(a->files[0], a->version, &(yata_options){.max_output_bytes = a->unlimited ? SIZE_MAX : 0}, out);
}

static int not_printed(const char *path, int err) {
  if (err != YATA_ERR_LIMIT) return file_complain(path, err);
  fprintf(
      stderr,
      "yata: %s: not printed: it would be longer than 64 MiB and 16 times the memory of the document, with long values "
      "of formats or keys again and again; --unlimited prints all of it (if that fails, too, types are nested more "
      "than 200 deep, or 67,108,864 keys of formats are not enough)\n",
      path);
  return 1;
}

static int no_text(const struct args *a, int err, const struct root *root) {
  if (err == YATA_ERR_NOT_FOUND && a->name != NULL)
    fprintf(stderr, "yata: %s: no root type is called %s; `yata info` lists them\n", a->files[0], a->name);
  else if (err == YATA_ERR_NOT_FOUND)
    fprintf(stderr, "yata: %s: no root type holds text or XML; `yata json` shows what there is\n", a->files[0]);
  else if (err == YATA_ERR_KIND)
    fprintf(stderr, "yata: %s: the root type %s holds no text, it is of kind %s; `yata json` shows it\n", a->files[0],
            a->name, kind_name(root->kind));
  else
    not_printed(a->files[0], err);
  return 1;
}

static int text(const struct args *a) {
  yata_doc *doc;
  struct root root = {0};
  yata_buf out = YATA_BUF_INIT;
  if (load(a, &doc) < 0) return 1;
  int err = pick(doc, a->name, &root);
  if (err == 0) err = read_root(doc, &root, &out);
  int status = err < 0 ? no_text(a, err, &root) : file_write("-", out.data, out.len) < 0;
  yata_buf_deinit(&out);
  yata_doc_destroy(doc);
  return status;
}

static int json(const struct args *a) {
  yata_doc *doc;
  yata_buf out = YATA_BUF_INIT;
  if (load(a, &doc) < 0) return 1;
  int err = yata_to_json(doc, (yata_type){0, 0}, &out);
  int status = err < 0 ? not_printed(a->files[0], err) : file_write("-", out.data, out.len) < 0;
  if (status == 0) putchar('\n');
  yata_buf_deinit(&out);
  yata_doc_destroy(doc);
  return status;
}

/* Read all, in the version of the first. */
static int read_parts(const struct args *a, yata_buf *parts, yata_slice *slices, int *version) {
  for (size_t i = 0; i + 1 < a->count; i++) {
    struct update u;
    int err = file_read_update(a->files[i + 1], a->version, &u);
    if (i == 0) *version = u.version;
    if (err == 0) err = file_convert(&u, *version, &parts[i]);
    yata_buf_deinit(&u.bytes);
    if (err < 0) return -1;
    slices[i] = (yata_slice){parts[i].data, parts[i].len};
  }
  return 0;
}

static int merge(const struct args *a) {
  size_t count = a->count - 1;
  yata_buf *parts = calloc(count, sizeof(*parts)), out = YATA_BUF_INIT;
  yata_slice *slices = calloc(count, sizeof(*slices));
  int version = 1;
  int status = parts != NULL && slices != NULL ? 0 : file_complain(a->files[0], YATA_ERR_NOMEM);
  if (status == 0) status = read_parts(a, parts, slices, &version) < 0;
  if (status == 0) {
    int err = (version == 1 ? yata_merge_updates : yata_merge_updates_v2)(slices, count, &out);
    status = err < 0 ? file_complain(a->files[0], err) : file_write(a->files[0], out.data, out.len) < 0;
  }
  for (size_t i = 0; parts != NULL && i < count; i++) yata_buf_deinit(&parts[i]);
  yata_buf_deinit(&out);
  free(parts);
  free(slices);
  return status;
}

static int read_state_vector(const char *path, yata_buf *out) {
  size_t offset = 0;
  if (file_read(path, out) < 0) return -1;
  if (yata_state_vector_validate(out->data, out->len, &offset) == 0) return 0;
  fprintf(stderr,
          "yata: %s: offset %zu of %zu: expected a state vector: a count, and that many client ids and clocks\n", path,
          offset, out->len);
  return -1;
}

static int diff(const struct args *a) {
  struct update u;
  yata_buf sv = YATA_BUF_INIT, out = YATA_BUF_INIT;
  int status = file_read_update(a->files[0], a->version, &u) < 0;
  if (status == 0) status = read_state_vector(a->files[1], &sv) < 0;
  if (status == 0) {
    int err =
        (u.version == 1 ? yata_diff_update : yata_diff_update_v2)(u.bytes.data, u.bytes.len, sv.data, sv.len, &out);
    status = err < 0 ? file_complain(u.path, err) : file_write("-", out.data, out.len) < 0;
  }
  yata_buf_deinit(&u.bytes);
  yata_buf_deinit(&sv);
  yata_buf_deinit(&out);
  return status;
}

static int convert(const struct args *a) {
  struct update u;
  yata_buf out = YATA_BUF_INIT;
  if (a->to == 0) return fputs("yata convert: expected --to v1 or --to v2\n", stderr), 2;
  int status = file_read_update(a->files[0], a->version, &u) < 0;
  if (status == 0) status = file_convert(&u, a->to, &out) < 0;
  if (status == 0) status = file_write(a->files[1], out.data, out.len) < 0;
  yata_buf_deinit(&u.bytes);
  yata_buf_deinit(&out);
  return status;
}

static int check(const struct args *a) {
  const char *path = a->files[0];
  yata_doc *doc;
  yata_stats stats;
  if (file_load(path, a->version, NULL, &doc) < 0) return 1;
  int err = yata_doc_check(doc);
  yata_doc_stats(doc, &stats);
  yata_doc_destroy(doc);
  if (err < 0) return file_complain(path, err);
  if (stats.pending_bytes > 0) {
    fprintf(stderr, "yata: %s: incomplete: %zu bytes wait for updates that are not in it\n", path, stats.pending_bytes);
    return 1;
  }
  printf("%s: well formed, complete, %zu items\n", path, stats.items);
  return 0;
}

static int run_bench(const struct args *a) {
  bool grow = strcmp(a->files[0], "grow") == 0;
  if (a->count == (grow ? 3 : 2))
    return grow ? bench_grow(a->files[1], a->files[2]) : bench(a->files[0], a->files[1], a->version);
  return fprintf(stderr, "usage: yata bench %s\n", grow ? "grow PATTERN COUNT" : "WHAT FILE"), 2;
}

enum out { NO_OUT, OUT_FIRST, OUT_LAST };

static const struct command {
  const char *name, *words;
  int (*run)(const struct args *args);
  size_t least, most; /* words that are no options */
  enum out out;       /* which of them is written */
  unsigned options;
} commands[] = {
    {"info", "FILE", info, 1, 1, NO_OUT, ARGS_VERSION},
    {"text", "[--name NAME] [--unlimited] FILE", text, 1, 1, NO_OUT, ARGS_VERSION | ARGS_NAME | ARGS_UNLIMITED},
    {"json", "[--unlimited] FILE", json, 1, 1, NO_OUT, ARGS_VERSION | ARGS_UNLIMITED},
    {"merge", "OUT FILE...", merge, 2, SIZE_MAX, OUT_FIRST, ARGS_VERSION},
    {"diff", "FILE STATE_VECTOR", diff, 2, 2, NO_OUT, ARGS_VERSION},
    {"convert", "--to v1|v2 FILE OUT", convert, 2, 2, OUT_LAST, ARGS_VERSION | ARGS_TO},
    {"check", "FILE", check, 1, 1, NO_OUT, ARGS_VERSION},
    {"bench", "load|apply|local|edit|encode|tiny|diff|merge FILE", run_bench, 2, 3, NO_OUT, ARGS_VERSION},
};

/* Standard input is read to its end, so it can be one file alone. */
static bool reads_twice(const struct command *c, const struct args *a) {
  size_t n = 0;
  for (size_t i = 0; i < a->count; i++) {
    bool written = (c->out == OUT_FIRST && i == 0) || (c->out == OUT_LAST && i + 1 == a->count);
    n += !written && strcmp(a->files[i], "-") == 0;
  }
  return n > 1;
}

static int run(const struct command *c, int argc, char **argv) {
  struct args a;
  if (args_parse(c->name, c->options, argc, argv, &a) < 0 || a.count < c->least || a.count > c->most)
    return fprintf(stderr, "usage: yata %s %s\n", c->name, c->words), 2;
  if (reads_twice(c, &a)) return fprintf(stderr, "yata %s: - can be one file alone\n", c->name), 2;
  return c->run(&a);
}

static bool is(const char *word, const char *long_option, const char *name) {
  return strcmp(word, long_option) == 0 || strcmp(word, name) == 0;
}

/* What was printed and could not be written is an error, too. */
static int end(int status) {
  if (fflush(stdout) == 0 && !ferror(stdout)) return status;
  if (status == 0) perror("yata: standard output");
  return 1;
}

int main(int argc, char **argv) {
  const char *word = argc > 1 ? argv[1] : "";
  for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
    if (strcmp(word, commands[i].name) == 0) return end(run(&commands[i], argc - 2, argv + 2));
  if (is(word, "--help", "help")) return fputs(usage, stdout), end(0);
  if (is(word, "--version", "version")) return puts("yata " YOKE_VERSION), end(0);
  if (*word != 0) fprintf(stderr, "yata: no such command: %s\n", word);
  fputs(usage, stderr);
  return 2;
}
