/* SPDX-License-Identifier: MIT */
/* yata: look into, merge and check files that hold Yjs updates, version 1. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "bench_local.h"
#include "file.h"

static const char usage[] = "usage: yata info FILE\n"
                            "       yata text [--name NAME] FILE\n"
                            "       yata json FILE\n"
                            "       yata merge OUT FILE...\n"
                            "       yata diff FILE STATE_VECTOR\n"
                            "       yata check FILE\n"
                            "       yata bench load|apply|local|edit|encode FILE\n"
                            "       yata bench grow PATTERN COUNT\n"
                            "\n"
                            "A FILE holds a Yjs update, encoding version 1 (version 2 is not read); - is a pipe.\n"
                            "`diff` writes to standard output what FILE has beyond the encoded state vector.\n"
                            "`bench apply` reads a row of updates, each behind its length as a varUint;\n"
                            "`bench local` edits: position, deleted units, bytes, 32 bits each, and those bytes.\n"
                            "`bench grow` edits as front, middle, random, turns, delete or abort.\n"
                            "Exit status: 0, 1 when a file is not as it should be, 2 for wrong usage.\n";

static int complain(const char *what, int err) {
  fprintf(stderr, "yata: %s: %s\n", what, yata_strerror(err));
  return 1;
}

static const char *kind_name(enum yata_kind kind) {
  static const char *const names[] = {"unknown",     "array",        "map",      "text",
                                      "xml element", "xml fragment", "xml hook", "xml text"};
  return names[kind];
}

static int info(const char *path) {
  yata_buf update = YATA_BUF_INIT;
  yata_update_info u;
  yata_stats stats;
  yata_doc *doc = NULL;
  int err = -1;
  if (file_read_update(path, &update) == 0 && yata_doc_create(NULL, &doc) == 0)
    err = yata_apply_update(doc, update.data, update.len, NULL);
  if (err == 0) err = yata_update_inspect(update.data, update.len, &u);
  if (err == 0) {
    yata_doc_stats(doc, &stats);
    printf("bytes %zu\nclients %zu\nstructs %zu\nunits %llu\ndeleted ranges %zu\n"
           "items %zu\npending bytes %zu\nlive bytes %zu\n",
           update.len, u.clients, u.structs, (unsigned long long)u.units, u.deleted_ranges, stats.items,
           stats.pending_bytes, stats.live_bytes);
    uint32_t cursor = 0;
    yata_type type;
    yata_slice name;
    while (yata_root_next(doc, &cursor, &type, &name) == 0)
      printf("root %.*s (%s)\n", (int)name.len, (const char *)name.data, kind_name(yata_type_kind(doc, type)));
  }
  yata_doc_destroy(doc);
  yata_buf_deinit(&update);
  return err < 0 ? 1 : 0;
}

/* The root to show when none is named: the only one, else the first that is text. */
static int pick(yata_doc *doc, const char *name, yata_type *out) {
  uint32_t cursor = 0;
  yata_slice s;
  yata_type type;
  char first[256];
  if (name != NULL) {
    while (yata_root_next(doc, &cursor, &type, &s) == 0)
      if (s.len == strlen(name) && memcmp(s.data, name, s.len) == 0) return yata_text(doc, name, out);
    return YATA_ERR_NOT_FOUND;
  }
  while (yata_root_next(doc, &cursor, &type, &s) == 0) {
    if (s.len >= sizeof(first)) continue;
    memcpy(first, s.data, s.len);
    first[s.len] = 0;
    if (yata_text(doc, first, out) == 0) return 0;
  }
  return YATA_ERR_NOT_FOUND;
}

static int text(const char *name, const char *path) {
  yata_doc *doc;
  yata_type type;
  yata_buf out = YATA_BUF_INIT;
  if (file_load(path, &doc) < 0) return 1;
  int err = pick(doc, name, &type);
  if (err == 0) err = yata_text_read(doc, type, &out);
  int status = err < 0 ? complain(name != NULL ? name : path, err) : -file_write("-", out.data, out.len);
  yata_buf_deinit(&out);
  yata_doc_destroy(doc);
  return status;
}

static int json(const char *path) {
  yata_doc *doc;
  yata_buf out = YATA_BUF_INIT;
  if (file_load(path, &doc) < 0) return 1;
  int err = yata_to_json(doc, (yata_type){0, 0}, &out);
  int status = err < 0 ? complain(path, err) : -file_write("-", out.data, out.len);
  if (status == 0) putchar('\n');
  yata_buf_deinit(&out);
  yata_doc_destroy(doc);
  return status;
}

static int merge(const char *out_path, char **paths, size_t count) {
  yata_buf *files = calloc(count, sizeof(*files)), out = YATA_BUF_INIT;
  yata_slice *updates = calloc(count, sizeof(*updates));
  int status = files != NULL && updates != NULL ? 0 : complain(out_path, YATA_ERR_NOMEM);
  for (size_t i = 0; i < count && status == 0; i++) {
    status = -file_read_update(paths[i], &files[i]);
    updates[i] = (yata_slice){files[i].data, files[i].len};
  }
  if (status == 0) {
    int err = yata_merge_updates(updates, count, &out);
    status = err < 0 ? complain(out_path, err) : -file_write(out_path, out.data, out.len);
  }
  for (size_t i = 0; files != NULL && i < count; i++) yata_buf_deinit(&files[i]);
  yata_buf_deinit(&out);
  free(files);
  free(updates);
  return status;
}

static int diff(const char *path, const char *sv_path) {
  yata_buf update = YATA_BUF_INIT, sv = YATA_BUF_INIT, out = YATA_BUF_INIT;
  size_t offset = 0;
  int status = -file_read_update(path, &update);
  if (status == 0) status = -file_read(sv_path, &sv);
  if (status == 0 && yata_state_vector_validate(sv.data, sv.len, &offset) < 0) {
    fprintf(stderr,
            "yata: %s: offset %zu of %zu: expected a state vector: a count, "
            "and that many client ids and clocks\n",
            sv_path, offset, sv.len);
    status = 1;
  }
  if (status == 0) {
    int err = yata_diff_update(update.data, update.len, sv.data, sv.len, &out);
    status = err < 0 ? complain(path, err) : -file_write("-", out.data, out.len);
  }
  yata_buf_deinit(&update);
  yata_buf_deinit(&sv);
  yata_buf_deinit(&out);
  return status;
}

static int check(const char *path) {
  yata_doc *doc;
  yata_stats stats;
  if (file_load(path, &doc) < 0) return 1;
  int err = yata_doc_check(doc);
  yata_doc_stats(doc, &stats);
  yata_doc_destroy(doc);
  if (err < 0) return complain(path, err);
  if (stats.pending_bytes > 0) {
    fprintf(stderr,
            "yata: %s: incomplete: %zu bytes wait for updates that are not "
            "in it\n",
            path, stats.pending_bytes);
    return 1;
  }
  printf("%s: well formed, complete, %zu items\n", path, stats.items);
  return 0;
}

int main(int argc, char **argv) {
  const char *command = argc > 1 ? argv[1] : "";
  if (strcmp(command, "info") == 0 && argc == 3) return info(argv[2]);
  if (strcmp(command, "text") == 0 && argc == 3) return text(NULL, argv[2]);
  if (strcmp(command, "text") == 0 && argc == 5 && strcmp(argv[2], "--name") == 0) return text(argv[3], argv[4]);
  if (strcmp(command, "json") == 0 && argc == 3) return json(argv[2]);
  if (strcmp(command, "merge") == 0 && argc >= 4) return merge(argv[2], argv + 3, (size_t)argc - 3);
  if (strcmp(command, "diff") == 0 && argc == 4) return diff(argv[2], argv[3]);
  if (strcmp(command, "check") == 0 && argc == 3) return check(argv[2]);
  if (strcmp(command, "bench") == 0 && argc == 4) return bench(argv[2], argv[3]);
  if (strcmp(command, "bench") == 0 && argc == 5 && strcmp(argv[2], "grow") == 0) return bench_grow(argv[3], argv[4]);
  bool help = strcmp(command, "--help") == 0 || strcmp(command, "help") == 0;
  fputs(usage, help ? stdout : stderr);
  return help ? 0 : 2;
}
