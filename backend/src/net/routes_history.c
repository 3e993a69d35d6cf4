/* SPDX-License-Identifier: MIT */
#include "net/routes_history.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/worker.h"
#include "net/input.h"
#include "net/path.h"
#include "room/history.h"
#include "wire/api_reply.h"

/* Edits of one person with less than this between them are one point. */
#define PAUSE_MS 3000
#define SEQ_DIGITS_MAX 18

/* A moment on its way through the worker. */
struct job {
  struct request *request;
  struct limits limits;
  uint64_t upto;
  struct history *piece; /* read, and not replayed yet */
  struct history_state state;
  struct room *room; /* pinned while a restore waits for the disk */
  bool restores;
  int err;
};

static void job_free(void *ctx) {
  struct job *job = ctx;
  history_free(job->piece);
  history_state_deinit(&job->state);
  free(job);
}

/* List. */

static int append_point(const struct request *r, const struct history_page *page, size_t i, struct buf *body) {
  const struct history_point *p = &page->points[i];
  struct api_point_view view = {.room_id = r->room_id,
                                .seq = p->seq,
                                .from_ms = p->from_ms,
                                .at_ms = p->at_ms,
                                .author = (const char *)page->texts.data + p->author,
                                .updates = p->updates,
                                .bytes = p->bytes};
  int err = i ? buf_append_byte(body, ',') : 0;
  return err ? err : api_reply_point(&view, body);
}

static void on_page(void *ctx, int err, const struct history_page *page) {
  struct request *r = ctx;
  if (err) {
    request_reply_err(r, err, "room");
    return;
  }
  struct buf body = BUF_INIT;
  err = buf_append_str(&body, "{\"points\":[");
  for (size_t i = 0; i < page->count && !err; i++) err = append_point(r, page, i, &body);
  if (!err && page->next)
    err = buf_printf(&body, "],\"next\":\"/api/v1/rooms/%s/history?after=%llu\"}", r->room_id,
                     (unsigned long long)page->next);
  else if (!err)
    err = buf_append_str(&body, "],\"next\":null}");
  request_reply_json(r, 200, &body, err);
}

/* A whole number, 0 for anything else. */
static uint64_t read_number(const char *text) {
  size_t digits = strspn(text, "0123456789");
  if (digits == 0 || digits > SEQ_DIGITS_MAX || text[digits]) return 0;
  return strtoull(text, NULL, 10);
}

/* A number of the query string; false when the request was answered because it is none. */
static bool read_parameter(struct request *r, const char *name, uint64_t most, uint64_t *out) {
  struct buf value = BUF_INIT;
  int err = path_query_value(r->query, name, &value);
  uint64_t number = err ? 0 : read_number((const char *)value.data);
  bool zero = !err && strcmp((const char *)value.data, "0") == 0;
  buf_deinit(&value);
  if (err == ERR_NOT_FOUND) return true;
  if (!err && number <= most && (number || (zero && strcmp(name, "after") == 0))) {
    *out = number;
    return true;
  }
  if (err == ERR_NOMEM)
    request_reply_err(r, err, "room");
  else
    request_reply_detail(r, 422, "The parameter %s takes a whole number of at most %llu.", name,
                         (unsigned long long)most);
  return false;
}

void routes_history_list(void *ctx, struct request *r) {
  (void)ctx;
  if (!input_room(r)) return;
  uint64_t most = r->net->config->limits.history_page_max;
  uint64_t after = 0, limit = most;
  if (!read_parameter(r, "after", INT64_MAX, &after) || !read_parameter(r, "limit", most, &limit)) return;
  const struct history_query query = {.after = after, .max = (size_t)limit, .pause_ms = PAUSE_MS};
  int err = history_list(r->registry, r->room_id, &query, on_page, r);
  if (err) request_reply_err(r, err, "room");
}

/* One moment. */

static void reply_state(struct request *r, const struct history_state *state) {
  struct buf body = BUF_INIT;
  struct api_moment_view view = {
      .room_id = r->room_id, .seq = state->seq, .at_ms = state->at_ms, .author = state->author, .name = state->title};
  int err = api_reply_moment(&view, &body);
  if (!err) err = buf_append_str(&body, ",\"files\":[");
  for (size_t i = 0; i < state->file_count && !err; i++) {
    const struct history_file *f = &state->files[i];
    struct api_moment_file_view file = {
        .path = f->path, .language = f->language, .main = f->main, .text = f->text.data, .text_len = f->text.len};
    if (i) err = buf_append_byte(&body, ',');
    if (!err) err = api_reply_moment_file(&file, &body);
  }
  if (!err) err = buf_append_str(&body, "]}");
  request_reply_json(r, 200, &body, err);
}

/* Bring it back: the room is opened, edited, and answered for once the edit is on disk. */

static void on_saved(void *ctx, int err) {
  struct request *r = ctx;
  struct job *job = r->state;
  registry_release(r->registry, job->room, clock_mono_ms());
  job->room = NULL;
  if (err)
    request_reply_err(r, err, "room");
  else
    reply_state(r, &job->state);
}

static void on_opened(void *ctx, int err, struct room *room) {
  struct request *r = ctx;
  struct job *job = r->state;
  job->room = room;
  if (!err && !r->net) err = ERR_CANCELLED;
  const char *author = "";
  if (!err) err = input_author(r, &author);
  if (!err) err = history_restore(room, &job->state, author, clock_unix_ms());
  if (!err) err = room_when_saved(room, on_saved, r);
  if (!err) return;
  if (room) registry_release(r->registry, room, clock_mono_ms());
  job->room = NULL;
  request_reply_err(r, err, "room");
}

/* Replaying may take long: it is the worker's, piece by piece as the log is read. */

static void replay(void *ctx) {
  struct job *job = ctx;
  job->err = history_is_empty(job->piece) ? history_finish(&job->state, &job->limits)
                                          : history_replay(&job->state, job->piece, &job->limits);
}

static void reply_failure(struct request *r, int err) {
  if (err == ERR_TOO_LARGE)
    request_reply_detail(r, 413,
                         "This room's history up to that moment is larger than the %llu bytes that this server replays "
                         "(history_replay_max_bytes).",
                         (unsigned long long)r->net->config->limits.history_replay_max_bytes);
  else
    request_reply_err(r, err, err == ERR_NOT_FOUND ? "moment" : "room");
}

static void on_log(void *ctx, int err, struct history *piece);

static void on_replayed(void *ctx, bool ran) {
  struct job *job = ctx;
  struct request *r = job->request;
  bool end = history_is_empty(job->piece);
  int err = !ran || !r->net ? ERR_CANCELLED : job->err;
  history_free(job->piece);
  job->piece = NULL;
  if (!err && !end) {
    err = history_read(r->registry, r->room_id, job->state.seq, job->upto, on_log, r);
    if (!err) return;
  }
  if (!err && job->restores) {
    err = registry_open(r->registry, r->room_id, on_opened, r);
    if (!err) return;
  }
  if (err)
    reply_failure(r, err);
  else
    reply_state(r, &job->state);
}

static void on_log(void *ctx, int err, struct history *piece) {
  struct request *r = ctx;
  struct job *job = r->state;
  job->piece = piece;
  if (!err && !r->net) err = ERR_CANCELLED;
  if (!err) err = worker_run(r->net->worker, replay, on_replayed, job);
  if (err) request_reply_err(r, err, "room");
}

static void start(struct request *r, bool restores) {
  if (!input_room(r)) return;
  uint64_t seq = read_number((const char *)r->rest.data);
  if (seq == 0) {
    request_reply_detail(r, 404, "There is no such moment.");
    return;
  }
  struct job *job = calloc(1, sizeof *job);
  if (!job) {
    request_reply_err(r, ERR_NOMEM, "room");
    return;
  }
  *job = (struct job){.request = r, .limits = r->net->config->limits, .restores = restores, .upto = seq};
  r->state = job;
  r->state_free = job_free;
  int err = history_state_init(&job->limits, &job->state);
  if (!err) err = history_read(r->registry, r->room_id, 0, seq, on_log, r);
  if (err) request_reply_err(r, err, "room");
}

void routes_history_read(void *ctx, struct request *r) {
  (void)ctx;
  start(r, false);
}

void routes_history_restore(void *ctx, struct request *r) {
  (void)ctx;
  start(r, true);
}
