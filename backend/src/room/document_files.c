/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "room/document.h"
#include "room/paths.h"

static void file_deinit(struct document_file *file) {
  free(file->id);
  free(file->path);
  free(file->language);
}

void document_files_deinit(struct document_files *files) {
  for (size_t i = 0; i < files->count; i++) file_deinit(&files->items[i]);
  free(files->items);
  *files = (struct document_files){0};
}

/* A NUL-terminated copy of bytes that have no NUL behind them. */
static char *copy_text(const uint8_t *text, size_t len) {
  char *copy = malloc(len + 1);
  if (!copy) return NULL;
  if (len) memcpy(copy, text, len);
  copy[len] = '\0';
  return copy;
}

/* The string under a key, or NULL with 0 when there is none or it is another kind. */
static int get_string(struct document *d, yata_type map, const char *key, char **out) {
  yata_value value = {0};
  *out = NULL;
  int err = yata_map_get(d->doc, map, key, strlen(key), &value);
  if (err == YATA_ERR_NOMEM) return ERR_NOMEM;
  if (err) return 0;
  if (value.type.slot == 0 && value.any.kind == YATA_ANY_STRING) {
    *out = copy_text(value.any.u.bytes.data, value.any.u.bytes.len);
    err = *out ? 0 : ERR_NOMEM;
  }
  yata_value_deinit(&value);
  return err;
}

static yata_type get_type(struct document *d, yata_type map, const char *key, size_t key_len, enum yata_kind kind) {
  yata_value value = {0};
  if (yata_map_get(d->doc, map, key, key_len, &value)) return (yata_type){0};
  yata_type type = value.type;
  yata_value_deinit(&value);
  return type.slot && yata_type_kind(d->doc, type) == kind ? type : (yata_type){0};
}

/* Read one entry of the files map; *taken false when it is not a file. */
static int read_file(struct document *d, yata_type files, yata_slice key, size_t path_max, struct document_file *out,
                     bool *taken) {
  *taken = false;
  *out = (struct document_file){0};
  out->file = get_type(d, files, (const char *)key.data, key.len, YATA_KIND_MAP);
  if (!out->file.slot || memchr(key.data, 0, key.len)) return 0;
  out->text = get_type(d, out->file, "text", 4, YATA_KIND_TEXT);
  if (!out->text.slot) return 0;
  char *path = NULL;
  int err = get_string(d, out->file, "path", &path);
  if (!err) err = get_string(d, out->file, "language", &out->language);
  if (!err && !out->language) err = (out->language = strdup("")) ? 0 : ERR_NOMEM;
  if (!err) err = (out->id = copy_text(key.data, key.len)) ? 0 : ERR_NOMEM;
  if (!err) err = paths_make_safe(path ? path : "", path ? strlen(path) : 0, path_max, &out->path);
  free(path);
  if (err) file_deinit(out);
  *taken = !err;
  return err;
}

static int compare_id(const void *a, const void *b) {
  return strcmp(((const struct document_file *)a)->id, ((const struct document_file *)b)->id);
}

static int compare_path(const void *a, const void *b) {
  return strcmp(((const struct document_file *)a)->path, ((const struct document_file *)b)->path);
}

static int make_unique(struct document_files *files) {
  struct paths_entry *entries = malloc(files->count * sizeof *entries);
  if (!entries) return ERR_NOMEM;
  for (size_t i = 0; i < files->count; i++)
    entries[i] = (struct paths_entry){.id = files->items[i].id, .shown = files->items[i].path};
  int err = paths_make_unique(entries, files->count);
  for (size_t i = 0; i < files->count; i++) files->items[i].path = entries[i].shown;
  free(entries);
  return err;
}

/* The file that meta.main names, or else the first path. */
static int mark_main(struct document *d, struct document_files *files) {
  char *id = NULL;
  yata_type meta;
  if (files->count == 0) return 0;
  if (yata_map(d->doc, "meta", &meta) == 0) {
    int err = get_string(d, meta, "main", &id);
    if (err) return err;
  }
  struct document_file *found = &files->items[0];
  for (size_t i = 0; id && i < files->count; i++)
    if (strcmp(files->items[i].id, id) == 0) found = &files->items[i];
  found->main = true;
  free(id);
  return 0;
}

int document_files(struct document *d, size_t path_max, struct document_files *out) {
  yata_type files;
  uint32_t count = 0, cursor = 0;
  *out = (struct document_files){0};
  if (yata_map(d->doc, "files", &files) || yata_map_length(d->doc, files, &count) || count == 0) return 0;
  out->items = calloc(count, sizeof *out->items);
  if (!out->items) return ERR_NOMEM;
  int err = 0;
  for (yata_slice key; !err && out->count < count && yata_map_next(d->doc, files, &cursor, &key) == 0;) {
    bool taken = false;
    err = read_file(d, files, key, path_max, &out->items[out->count], &taken);
    if (taken) out->count++;
  }
  if (!err && out->count > 0) {
    qsort(out->items, out->count, sizeof *out->items, compare_id);
    err = make_unique(out);
    qsort(out->items, out->count, sizeof *out->items, compare_path);
  }
  if (!err) err = mark_main(d, out);
  if (err) document_files_deinit(out);
  return err;
}

const struct document_file *document_find(const struct document_files *files, const char *path) {
  struct document_file key = {.path = (char *)(uintptr_t)path};
  if (files->count == 0) return NULL;
  return bsearch(&key, files->items, files->count, sizeof key, compare_path);
}

const struct document_file *document_main(const struct document_files *files) {
  for (size_t i = 0; i < files->count; i++)
    if (files->items[i].main) return &files->items[i];
  return NULL;
}
