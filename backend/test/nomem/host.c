/* SPDX-License-Identifier: MIT */
#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assist/engine.h"
#include "base/clock.h"
#include "nomem.h"
#include "room/registry.h"

enum { PATIENCE_MS = 10000, TICK_MS = 100 };

static void on_dirty(void *ctx) {
  struct host *h = ctx;
  loop_defer_schedule(h->flush);
}

static void on_flush(void *ctx) {
  struct host *h = ctx;
  uint64_t again_ms = registry_flush(h->registry, clock_mono_ms() + h->skew_ms);
  if (again_ms && !loop_timer_armed(h->reflush)) loop_timer_arm(h->reflush, again_ms);
}

static int open_registry(struct host *h) {
  const struct registry_options options = {.store = h->store,
                                           .metrics = h->metrics,
                                           .limits = &h->config.limits,
                                           .on_dirty = on_dirty,
                                           .ctx = h,
                                           .now_us = clock_mono_us};
  return registry_create(&options, &h->registry);
}

static int open_server(struct host *h, struct buf *error) {
  const struct server_options options = {.loop = h->loop,
                                         .registry = h->registry,
                                         .store = h->store,
                                         .assist = &h->assist,
                                         .metrics = h->metrics,
                                         .config = &h->config};
  int err = server_create(&options, &h->server, error);
  if (!err) err = server_bind(h->server, "127.0.0.1", 0, error);
  if (!err) h->port = server_port(h->server);
  return err;
}

static int open_all(struct host *h, struct buf *error) {
  int err = metrics_create(&h->metrics);
  if (!err) err = loop_create(h->metrics, &h->loop);
  if (!err) err = loop_defer_create(h->loop, on_flush, h, &h->flush);
  if (!err) err = loop_timer_create(h->loop, on_flush, h, &h->reflush);
  if (!err) err = place_open_store(h->place, h->loop, h->metrics, &h->config.limits, &h->store, error);
  h->assist = engine_assist();
  if (!err) err = open_registry(h);
  if (!err) err = open_server(h, error);
  return err;
}

static void close_all(struct host *h) {
  server_destroy(h->server);
  store_destroy(h->store);
  registry_destroy(h->registry);
  loop_timer_destroy(h->reflush);
  loop_defer_destroy(h->flush);
  loop_destroy(h->loop);
  metrics_destroy(h->metrics);
}

static int try_open(struct host *h, struct place *place, struct buf *error) {
  int err = 0;
  *h = (struct host){.place = place, .config = {.limits = LIMITS_DEFAULT, .log_level = LOG_ERROR}};
  h->config.limits.compact_rows = 8;
  h->config.limits.room_idle_ms = 1000;
  h->config.limits.history_keep_bytes = 1024;
  h->config.limits.history_keep_ms = 0;
  SERVER(err = open_all(h, error));
  if (err) SERVER(close_all(h));
  return err;
}

static bool is_up(void *ctx) {
  struct host *h = ctx;
  struct store_status status;
  h->store->ops->status(h->store, &status);
  return status.up;
}

void host_open(struct host *h, struct place *place) {
  struct buf error = BUF_INIT;
  int err = try_open(h, place, &error);
  while (err && nomem_failed_in(PART_START)) {
    CHECK(err == ERR_NOMEM, "opening fails with \"%s\" for lack of memory", err_text(err));
    bool last = nomem_over();
    err = try_open(h, place, &error);
    if (last) break;
  }
  if (err) {
    printf("Bail out! the server does not start: %s %.*s\n", err_text(err), (int)error.len, (const char *)error.data);
    exit(1);
  }
  buf_deinit(&error);
  if (place->postgres) host_until(h, is_up, h, "the store's being up"); /* SQLite is when it is first used */
}

static void on_saved(void *ctx, int err) {
  CHECK(!err, "the last commit fails: %s", err_text(err));
  *(bool *)ctx = true;
}

static bool is_set(void *ctx) {
  return *(bool *)ctx;
}

void host_close(struct host *h) {
  bool saved = false;
  SERVER(server_stop_accepting(h->server));
  SERVER(registry_shutdown(h->registry, on_saved, &saved));
  host_until(h, is_set, &saved, "the last commit");
  for (int turn = 0; turn < 5; turn++) host_turn(h);
  SERVER(close_all(h));
}

static void tick(struct host *h) {
  h->ticked_ms = clock_mono_ms();
  SERVER(registry_tick(h->registry, h->ticked_ms + h->skew_ms, clock_unix_ms()));
}

void host_turn(struct host *h) {
  SERVER((void)!loop_run_once(h->loop, 1));
  if (clock_mono_ms() >= h->ticked_ms + TICK_MS) tick(h);
}

bool host_until(struct host *h, bool (*done)(void *ctx), void *ctx, const char *what) {
  uint64_t end = clock_mono_ms() + PATIENCE_MS;
  while (!done(ctx) && clock_mono_ms() < end) host_turn(h);
  CHECK(done(ctx), "%s: it never came", what);
  return done(ctx);
}

static void on_flushed(void *ctx, int err) {
  (void)err;
  *(bool *)ctx = true;
}

void host_tick(struct host *h, uint64_t ms) {
  bool flushed = false;
  int err = 0;
  h->skew_ms += ms;
  tick(h);
  host_turn(h);
  err = h->store->ops->flush(h->store, on_flushed, &flushed); /* ours, not the server's */
  if (!err) host_until(h, is_set, &flushed, "the end of what is being written");
}
