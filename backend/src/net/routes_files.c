/* SPDX-License-Identifier: MIT */
#include "net/routes_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "net/etag.h"
#include "net/input.h"
#include "net/path.h"
#include "wire/api_reply.h"

#define TEXT_TYPE "text/plain; charset=utf-8"

/* What a handler does once its room is open. It answers now, or later by its own completion. */
typedef void (*room_action)(struct request *r, struct room *room);

/* A write that waits for the disk. */
struct file_op {
  room_action action;
  struct room *room; /* pinned while the write waits */
  int status;        /* to answer with */
  char etag[ROOM_ETAG_CHARS + 1];
  struct buf location; /* of a file that is written; made before, since afterwards nothing may fail */
};

static void op_free(void *state) {
  struct file_op *op = state;
  buf_deinit(&op->location);
  free(op);
}

static void on_opened(void *ctx, int err, struct room *room) {
  struct request *r = ctx;
  struct file_op *op = r->state;
  if (!err && !r->net) {
    registry_release(r->registry, room, clock_mono_ms());
    err = ERR_CANCELLED;
  }
  if (err) {
    request_reply_err(r, err, "room");
    return;
  }
  op->room = room;
  op->action(r, room);
}

static void with_room(struct request *r, room_action action) {
  if (!input_room(r)) return;
  struct file_op *op = calloc(1, sizeof(*op));
  if (!op) {
    request_reply_err(r, ERR_NOMEM, "room");
    return;
  }
  op->action = action;
  r->state = op;
  r->state_free = op_free;
  int err = registry_open(r->registry, r->room_id, on_opened, r);
  if (err) request_reply_err(r, err, "room");
}

/* Take the pin back; the request is answered next. */
static void release(struct request *r) {
  struct file_op *op = r->state;
  registry_release(r->registry, op->room, clock_mono_ms());
  op->room = NULL;
}

static void set_etag(struct request *r, const char *etag) {
  char quoted[ROOM_ETAG_CHARS + 3];
  snprintf(quoted, sizeof(quoted), "\"%s\"", etag);
  request_set_header(r, "ETag", quoted);
}

static const char *path_of(const struct request *r) {
  return (const char *)r->rest.data;
}

static bool path_fine(struct request *r) {
  const char *problem = room_path_problem(path_of(r), r->net->config->limits.path_max_bytes);
  if (!problem) return true;
  struct api_errors errors = {0};
  api_errors_add(&errors, "path", "path", "value_error", "%s", problem);
  request_reply_errors(r, &errors);
  return false;
}

/* List. */

static int make_link(const struct request *r, const char *path, struct buf *out) {
  int err = buf_printf(out, "/api/v1/rooms/%s/files/", r->room_id);
  if (!err) err = path_encode(out, path);
  return err ? err : buf_append_byte(out, 0);
}

static int append_file(const struct request *r, const struct room_file *file, struct buf *body) {
  struct buf link = BUF_INIT;
  int err = make_link(r, file->path, &link);
  struct api_file_view view = {.path = file->path,
                               .language = file->language,
                               .bytes = file->bytes,
                               .main = file->main,
                               .link = (const char *)link.data};
  if (!err) err = api_reply_file(&view, body);
  buf_deinit(&link);
  return err;
}

static void list(struct request *r, struct room *room) {
  struct room_file *files = NULL;
  size_t count = 0;
  struct buf body = BUF_INIT;
  int err = room_files(room, &files, &count);
  if (!err) err = buf_append_str(&body, "{\"files\":[");
  for (size_t i = 0; i < count && !err; i++) {
    if (i) err = buf_append_byte(&body, ',');
    if (!err) err = append_file(r, &files[i], &body);
  }
  if (!err) err = buf_append_str(&body, "]}");
  room_files_free(files, count);
  release(r);
  request_reply_json(r, 200, &body, err);
}

void routes_files_list(void *ctx, struct request *r) {
  (void)ctx;
  with_room(r, list);
}

/* Read. */

static void read_file(struct request *r, struct room *room) {
  struct buf text = BUF_INIT;
  char etag[ROOM_ETAG_CHARS + 1];
  char quoted[ROOM_ETAG_CHARS + 3];
  int err = room_file_get(room, path_of(r), &text, etag);
  release(r);
  if (err) {
    request_reply_err(r, err, "file");
  } else {
    snprintf(quoted, sizeof(quoted), "\"%s\"", etag);
    request_set_header(r, "ETag", quoted);
    request_set_header(r, "Cache-Control", "no-cache");
    bool known = etag_listed(request_header(r, "If-None-Match"), quoted);
    request_reply(r, known ? 304 : 200, known ? NULL : TEXT_TYPE, text.data, known ? 0 : text.len);
  }
  buf_deinit(&text);
}

void routes_files_read(void *ctx, struct request *r) {
  (void)ctx;
  with_room(r, read_file);
}

/* Write and delete: answered once on disk. */

static void reply_refused(struct request *r, int err) {
  switch (err) {
  case ERR_CONFLICT:
    request_reply_detail(r, 412, "The file is not what If-Match or If-None-Match says: read it again.");
    return;
  case ERR_FULL: request_reply_detail(r, 409, "The room has as many files as it may have."); return;
  default: request_reply_err(r, err, "file");
  }
}

static void on_saved(void *ctx, int err) {
  struct request *r = ctx;
  struct file_op *op = r->state;
  release(r);
  if (err) {
    request_reply_err(r, err, "room");
    return;
  }
  if (op->etag[0] && r->net) set_etag(r, op->etag);
  if (op->status == 201) request_set_header(r, "Location", (const char *)op->location.data);
  request_reply(r, op->status, NULL, NULL, 0);
}

static void answer_when_saved(struct request *r, struct room *room, int err) {
  bool refused = err != 0;
  if (!err) err = room_when_saved(room, on_saved, r);
  if (!err) return;
  release(r);
  if (refused) {
    reply_refused(r, err);
  } else {
    request_reply_err(r, err, "room");
  }
}

/* If-Match into @tag; *match stays NULL without the header. ERR_CONFLICT: nothing can match it. */
static int read_if_match(struct request *r, char *tag, size_t size, const char **match) {
  const char *header = request_header(r, "If-Match");
  if (!header) return 0;
  if (!etag_single(header, tag, size)) return ERR_CONFLICT;
  *match = tag;
  return 0;
}

static void write_file(struct request *r, struct room *room) {
  struct file_op *op = r->state;
  char tag[80];
  bool created = false;
  struct room_put put = {.path = path_of(r)};
  const char *none_match = request_header(r, "If-None-Match");
  put.must_create = none_match && strcmp(none_match, "*") == 0;
  put.text = request_body(r, &put.len);
  int err = read_if_match(r, tag, sizeof(tag), &put.if_match);
  if (!err) err = input_author(r, &put.author);
  if (!err) err = make_link(r, path_of(r), &op->location);
  if (!err) err = room_file_put(room, &put, clock_mono_ms(), clock_unix_ms(), &created, op->etag);
  op->status = created ? 201 : 204;
  answer_when_saved(r, room, err);
}

void routes_files_write(void *ctx, struct request *r) {
  (void)ctx;
  size_t len;
  const uint8_t *body = request_body(r, &len);
  if (!path_fine(r)) return;
  if (!utf8_valid(body, len)) {
    struct api_errors errors = {0};
    api_errors_add(&errors, "body", "", "value_error", "The text must be UTF-8");
    request_reply_errors(r, &errors);
    return;
  }
  with_room(r, write_file);
}

static void delete_file(struct request *r, struct room *room) {
  struct file_op *op = r->state;
  char tag[80];
  const char *match = NULL, *author = "";
  int err = read_if_match(r, tag, sizeof(tag), &match);
  if (!err) err = input_author(r, &author);
  if (!err) err = room_file_delete(room, path_of(r), match, author, clock_mono_ms(), clock_unix_ms());
  op->status = 204;
  answer_when_saved(r, room, err);
}

void routes_files_delete(void *ctx, struct request *r) {
  (void)ctx;
  with_room(r, delete_file);
}
