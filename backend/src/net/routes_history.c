/* SPDX-License-Identifier: MIT */
#include "net/routes_history.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/worker.h"
#include "net/input.h"
#include "room/history.h"
#include "wire/api_reply.h"

/* Edits of one person with less than this between them are one point. */
#define PAUSE_MS 3000
#define SEQ_DIGITS_MAX 18

/* A moment on its way through the worker. */
struct job {
  struct request *request;
  struct limits limits;
  struct history *history;
  struct history_state state;
  struct room *room; /* pinned while a restore waits for the disk */
  bool restores;
  int err;
};

static void job_free(void *ctx) {
  struct job *job = ctx;
  history_free(job->history);
  history_state_deinit(&job->state);
  free(job);
}

/* List. */

static int append_points(const struct request *r, const struct history *history, struct buf *body) {
  struct history_point *points = NULL;
  size_t count = 0;
  int err = history_points(history, PAUSE_MS, &points, &count);
  if (!err) err = buf_append_str(body, "{\"points\":[");
  for (size_t i = 0; i < count && !err; i++) {
    const struct history_point *p = &points[i];
    struct api_point_view view = {.room_id = r->room_id,
                                  .seq = p->seq,
                                  .from_ms = p->from_ms,
                                  .at_ms = p->at_ms,
                                  .author = p->author,
                                  .updates = p->updates,
                                  .bytes = p->bytes};
    if (i) err = buf_append_byte(body, ',');
    if (!err) err = api_reply_point(&view, body);
  }
  free(points);
  return err ? err : buf_append_str(body, "]}");
}

static void on_heads(void *ctx, int err, struct history *history) {
  struct request *r = ctx;
  if (err) {
    request_reply_err(r, err, "room");
    return;
  }
  struct buf body = BUF_INIT;
  err = append_points(r, history, &body);
  history_free(history);
  request_reply_json(r, 200, &body, err);
}

void routes_history_list(void *ctx, struct request *r) {
  (void)ctx;
  if (!input_room(r)) return;
  int err = history_read(r->registry, r->room_id, 0, true, on_heads, r);
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
  if (!err) err = history_restore(room, &job->state, input_author(r), clock_unix_ms());
  if (!err) err = room_when_saved(room, on_saved, r);
  if (!err) return;
  if (room) registry_release(r->registry, room, clock_mono_ms());
  job->room = NULL;
  request_reply_err(r, err, "room");
}

/* Replaying may take long: it is the worker's. */

static void replay(void *ctx) {
  struct job *job = ctx;
  job->err = history_replay(job->history, &job->limits, &job->state);
}

static void on_replayed(void *ctx, bool ran) {
  struct job *job = ctx;
  struct request *r = job->request;
  int err = ran ? job->err : ERR_CANCELLED;
  if (!err && job->restores) {
    err = registry_open(r->registry, r->room_id, on_opened, r);
    if (!err) return;
  }
  if (err)
    request_reply_err(r, err, err == ERR_NOT_FOUND ? "moment" : "room");
  else
    reply_state(r, &job->state);
}

static void on_log(void *ctx, int err, struct history *history) {
  struct request *r = ctx;
  struct job *job = r->state;
  job->history = history;
  if (!err && !r->net) err = ERR_CANCELLED;
  if (!err) err = worker_run(r->net->worker, replay, on_replayed, job);
  if (err) request_reply_err(r, err, "room");
}

/* The number in the address, 0 when it is none. */
static uint64_t read_seq(const struct request *r) {
  const char *text = (const char *)r->rest.data;
  size_t digits = strspn(text, "0123456789");
  if (digits == 0 || digits > SEQ_DIGITS_MAX || text[digits]) return 0;
  return strtoull(text, NULL, 10);
}

static void start(struct request *r, bool restores) {
  if (!input_room(r)) return;
  uint64_t seq = read_seq(r);
  if (seq == 0) {
    request_reply_detail(r, 404, "There is no such moment.");
    return;
  }
  struct job *job = calloc(1, sizeof *job);
  if (!job) {
    request_reply_err(r, ERR_NOMEM, "room");
    return;
  }
  *job = (struct job){.request = r, .limits = r->net->config->limits, .restores = restores};
  r->state = job;
  r->state_free = job_free;
  int err = history_read(r->registry, r->room_id, seq, false, on_log, r);
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
