/* SPDX-License-Identifier: MIT */
/* The room as scripts see it: files as plain text, edits by whole text. */
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/log.h"
#include "base/utf8.h"
#include "room/paths.h"
#include "room/state.h"

static size_t path_max(const struct room *room) {
  return (size_t)room->registry->limits->path_max_bytes;
}

const char *room_path_problem(const char *path, size_t max_bytes) {
  return paths_problem(path, max_bytes);
}

int room_main_text(struct room *room, struct buf *out) {
  struct document_files files = {0};
  int err = document_files(&room->document, path_max(room), &files);
  const struct document_file *file = err ? NULL : document_main(&files);
  if (file) err = document_read_text(&room->document, file->text, out);
  document_files_deinit(&files);
  return err;
}

void room_files_free(struct room_file *files, size_t count) {
  for (size_t i = 0; files && i < count; i++) {
    free((char *)(uintptr_t)files[i].path);
    free((char *)(uintptr_t)files[i].language);
  }
  free(files);
}

int room_files(struct room *room, struct room_file **out, size_t *count) {
  struct document_files files = {0};
  *out = NULL;
  *count = 0;
  int err = document_files(&room->document, path_max(room), &files);
  if (err) return err;
  struct room_file *list = calloc(files.count ? files.count : 1, sizeof *list);
  if (!list) err = ERR_NOMEM;
  for (size_t i = 0; i < files.count && !err; i++) {
    struct document_file *from = &files.items[i];
    struct buf text = BUF_INIT;
    err = document_read_text(&room->document, from->text, &text);
    list[i] = (struct room_file){.path = from->path, .language = from->language, .bytes = text.len, .main = from->main};
    from->path = from->language = NULL; /* moved */
    buf_deinit(&text);
  }
  if (err) {
    room_files_free(list, files.count);
  } else {
    *out = list;
    *count = files.count;
  }
  document_files_deinit(&files);
  return err;
}

/* ---- texts that an If-Match may name ---- */

static int make_etag(const uint8_t *text, size_t len, char etag[static ROOM_ETAG_CHARS + 1]) {
  static const char digits[] = "0123456789abcdef";
  uint8_t digest[32];
  int err = digest_sha256(text, len, digest);
  if (err) return err;
  for (size_t i = 0; i < ROOM_ETAG_CHARS / 2; i++) {
    etag[2 * i] = digits[digest[i] >> 4];
    etag[2 * i + 1] = digits[digest[i] & 15];
  }
  etag[ROOM_ETAG_CHARS] = '\0';
  return 0;
}

static struct blob *find_base(const struct room *room, const char *etag) {
  for (size_t i = 0; i < room->base_count; i++)
    if (strcmp(room->bases[i].etag, etag) == 0) return room->bases[i].text;
  return NULL;
}

/* Best effort: what is not remembered is answered with 412. */
static void remember_text(struct room *room, const char *etag, const struct buf *text) {
  if (find_base(room, etag) || text->len > ROOM_BASES_BYTES_MAX) return;
  struct blob *blob = blob_create(text->data, text->len);
  if (!blob) return;
  size_t bytes = text->len, kept = 0;
  while (kept < room->base_count && kept + 1 < ROOM_BASES_MAX &&
         bytes + room->bases[kept].text->len <= ROOM_BASES_BYTES_MAX)
    bytes += room->bases[kept++].text->len;
  for (size_t i = kept; i < room->base_count; i++) blob_unref(room->bases[i].text);
  memmove(&room->bases[1], &room->bases[0], kept * sizeof *room->bases);
  memcpy(room->bases[0].etag, etag, ROOM_ETAG_CHARS + 1);
  room->bases[0].text = blob;
  room->base_count = kept + 1;
}

static int read_file(struct room *room, const struct document_file *file, struct buf *text,
                     char etag[static ROOM_ETAG_CHARS + 1]) {
  int err = document_read_text(&room->document, file->text, text);
  if (!err) err = make_etag(text->data, text->len, etag);
  if (!err) remember_text(room, etag, text);
  return err;
}

int room_file_get(struct room *room, const char *path, struct buf *text, char etag[static ROOM_ETAG_CHARS + 1]) {
  struct document_files files = {0};
  int err = document_files(&room->document, path_max(room), &files);
  if (err) return err;
  const struct document_file *file = document_find(&files, path);
  struct buf read = BUF_INIT;
  err = file ? read_file(room, file, &read, etag) : ERR_NOT_FOUND;
  if (!err) err = buf_append(text, read.data, read.len);
  buf_deinit(&read);
  document_files_deinit(&files);
  return err;
}

/* ---- PUT ---- */

static int put_existing(struct room *room, const struct room_put *put, const struct document_file *file,
                        const struct buf *ours, uint64_t unix_ms) {
  struct buf current = BUF_INIT, update = BUF_INIT;
  struct text_edits edits = {0};
  char etag[ROOM_ETAG_CHARS + 1];
  int err = read_file(room, file, &current, etag);
  const uint8_t *base = current.data;
  size_t base_len = current.len;
  if (!err && put->if_match && strcmp(put->if_match, "*") != 0 && strcmp(put->if_match, etag) != 0) {
    const struct blob *known = find_base(room, put->if_match);
    if (!known) err = ERR_CONFLICT;
    base = known ? known->data : NULL;
    base_len = known ? known->len : 0;
  }
  if (!err) err = textdiff_rebase(base, base_len, ours->data, ours->len, current.data, current.len, &edits);
  if (!err)
    err = document_edit_text(&room->document, file->text, current.data, current.len, ours->data, &edits, &update);
  if (!err) err = room_publish(room, put->author, update.data, update.len, unix_ms);
  text_edits_deinit(&edits);
  buf_deinit(&update);
  buf_deinit(&current);
  return err;
}

/* A file and a folder cannot share a name. */
static bool path_clashes(const struct document_files *files, const char *path) {
  size_t len = strlen(path);
  for (size_t i = 0; i < files->count; i++) {
    const char *other = files->items[i].path;
    size_t other_len = strlen(other);
    if (strncmp(other, path, len) == 0 && other[len] == '/') return true;
    if (strncmp(path, other, other_len) == 0 && path[other_len] == '/') return true;
  }
  return false;
}

static int put_new(struct room *room, const struct room_put *put, const struct document_files *files,
                   const struct buf *ours, uint64_t unix_ms) {
  if (paths_problem(put->path, path_max(room)) || path_clashes(files, put->path)) return ERR_INVALID;
  if (files->count >= room->registry->limits->files_max) return ERR_FULL;
  struct buf update = BUF_INIT;
  int err = document_add_file(&room->document, put->path, "", ours->data, ours->len, files->count == 0, &update);
  if (!err) err = room_publish(room, put->author, update.data, update.len, unix_ms);
  buf_deinit(&update);
  return err;
}

int room_file_put(struct room *room, const struct room_put *put, uint64_t now_ms, uint64_t unix_ms, bool *created,
                  char etag[static ROOM_ETAG_CHARS + 1]) {
  (void)now_ms;
  if (room->state != ROOM_READY) return ERR_NOT_FOUND;
  struct document_files files = {0};
  struct buf ours = BUF_INIT, result = BUF_INIT;
  int err = room_admit(room, put->len);
  if (!err) err = utf8_append_lf(&ours, put->text, put->len);
  if (!err) err = document_files(&room->document, path_max(room), &files);
  const struct document_file *file = err ? NULL : document_find(&files, put->path);
  if (!err && ((file && put->must_create) || (!file && put->if_match))) err = ERR_CONFLICT;
  if (!err) err = file ? put_existing(room, put, file, &ours, unix_ms) : put_new(room, put, &files, &ours, unix_ms);
  *created = !file;
  if (!err) err = room_file_get(room, put->path, &result, etag);
  buf_deinit(&result);
  buf_deinit(&ours);
  document_files_deinit(&files);
  return err;
}

/* ---- DELETE and PATCH ---- */

int room_file_delete(struct room *room, const char *path, const char *if_match, const char *author, uint64_t now_ms,
                     uint64_t unix_ms) {
  (void)now_ms;
  if (room->state != ROOM_READY) return ERR_NOT_FOUND;
  struct document_files files = {0};
  struct buf text = BUF_INIT, update = BUF_INIT;
  char etag[ROOM_ETAG_CHARS + 1];
  int err = room_admit(room, 64);
  if (!err) err = document_files(&room->document, path_max(room), &files);
  const struct document_file *file = err ? NULL : document_find(&files, path);
  if (!err && !file) err = ERR_NOT_FOUND;
  if (!err && if_match) err = read_file(room, file, &text, etag);
  if (!err && if_match && strcmp(if_match, "*") != 0 && strcmp(if_match, etag) != 0) err = ERR_CONFLICT;
  if (!err) err = document_remove_file(&room->document, file, &update);
  if (!err) err = room_publish(room, author, update.data, update.len, unix_ms);
  buf_deinit(&update);
  buf_deinit(&text);
  document_files_deinit(&files);
  return err;
}

static int set_language(struct room *room, const char *language, struct buf *update) {
  struct document_files files = {0};
  int err = document_files(&room->document, path_max(room), &files);
  const struct document_file *file = err ? NULL : document_main(&files);
  if (file && strcmp(file->language, language) != 0)
    err = document_set_language(&room->document, file, language, update);
  document_files_deinit(&files);
  return err;
}

int room_set_info(struct room *room, const char *name, const char *language, const char *author, uint64_t now_ms,
                  uint64_t unix_ms) {
  (void)now_ms;
  if (room->state != ROOM_READY) return ERR_NOT_FOUND;
  struct buf update = BUF_INIT, title = BUF_INIT;
  int err = room_admit(room, 1024);
  if (!err && name) err = document_title(&room->document, &title);
  if (!err && name && (title.len != strlen(name) || memcmp(title.data, name, title.len) != 0))
    err = document_set_title(&room->document, name, &update);
  if (!err) err = room_publish(room, author, update.data, update.len, unix_ms);
  buf_clear(&update);
  if (!err && language) err = set_language(room, language, &update);
  if (!err) err = room_publish(room, author, update.data, update.len, unix_ms);
  buf_deinit(&update);
  buf_deinit(&title);
  return err;
}
