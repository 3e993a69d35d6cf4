/* SPDX-License-Identifier: MIT */
/* Wiring: the only place that names concrete adapters. */
#include "app/serve.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/addresses.h"
#include "assist/engine.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/metrics.h"
#include "net/assets.h"
#include "net/server.h"
#include "room/registry.h"
#include "store/postgres.h"
#include "store/sqlite.h"

#define TICK_MS 1000
#define LINGER_MS 1000 /* after the last commit, for close frames to leave */

struct app {
  const struct config *config;
  struct metrics *metrics;
  struct loop *loop;
  struct store *store;
  struct assist assist;
  struct registry *registry;
  struct server *server;
  struct loop_defer *flush;
  struct loop_timer *tick, *deadline, *reflush;
  bool stopping, saved;
};

static void on_dirty(void *ctx) {
  struct app *app = ctx;
  loop_defer_schedule(app->flush);
}

static void on_flush(void *ctx) {
  struct app *app = ctx;
  uint64_t again_ms = registry_flush(app->registry, clock_mono_ms());
  if (again_ms && !loop_timer_armed(app->reflush)) loop_timer_arm(app->reflush, again_ms);
}

static void on_tick(void *ctx) {
  struct app *app = ctx;
  registry_tick(app->registry, clock_mono_ms(), clock_unix_ms());
  loop_timer_arm(app->tick, TICK_MS);
}

/* ---- the end ---- */

static void on_deadline(void *ctx) {
  struct app *app = ctx;
  if (!app->saved)
    log_error(LOG_NONE, "not everything could be saved within shutdown_ms; what was not acknowledged may be lost");
  loop_stop(app->loop);
}

static void on_everything_saved(void *ctx, int err) {
  struct app *app = ctx;
  app->saved = err == 0;
  if (err) log_error(LOG_NONE, "the last commit failed: %s", err_text(err));
  loop_timer_arm(app->deadline, server_connections(app->server) > 0 ? LINGER_MS : 0);
}

static void on_signal(void *ctx) {
  struct app *app = ctx;
  if (app->stopping) {
    log_warn(LOG_NONE, "told to stop twice: stopping at once");
    loop_stop(app->loop);
    return;
  }
  app->stopping = true;
  log_info(LOG_NONE, "stopping: no new connections, saving what is open");
  server_stop_accepting(app->server);
  loop_timer_arm(app->deadline, app->config->limits.shutdown_ms);
  registry_shutdown(app->registry, on_everything_saved, app);
}

/* ---- the beginning ---- */

static int open_store(struct app *app, struct buf *error) {
  const struct config *config = app->config;
  if (config->db.host) {
    const struct postgres_store_options options = {
        .db = &config->db, .loop = app->loop, .metrics = app->metrics, .limits = &config->limits};
    return postgres_store_create(&options, &app->store, error);
  }
  const struct sqlite_store_options options = {
      .data_dir = config->data_dir, .loop = app->loop, .metrics = app->metrics, .limits = &config->limits};
  return sqlite_store_create(&options, &app->store, error);
}

static int open_loop(struct app *app) {
  int err = metrics_create(&app->metrics);
  if (!err) err = loop_create(app->metrics, &app->loop);
  if (!err) err = loop_defer_create(app->loop, on_flush, app, &app->flush);
  if (!err) err = loop_timer_create(app->loop, on_tick, app, &app->tick);
  if (!err) err = loop_timer_create(app->loop, on_flush, app, &app->reflush);
  if (!err) err = loop_timer_create(app->loop, on_deadline, app, &app->deadline);
  if (!err) err = loop_on_signal(app->loop, SIGTERM, on_signal, app);
  if (!err) err = loop_on_signal(app->loop, SIGINT, on_signal, app);
  return err;
}

static int open_registry(struct app *app) {
  const struct registry_options options = {.store = app->store,
                                           .metrics = app->metrics,
                                           .limits = &app->config->limits,
                                           .on_dirty = on_dirty,
                                           .ctx = app,
                                           .now_us = clock_mono_us};
  return registry_create(&options, &app->registry);
}

static int open_server(struct app *app, struct buf *error) {
  const struct server_options options = {.loop = app->loop,
                                         .registry = app->registry,
                                         .store = app->store,
                                         .assist = &app->assist,
                                         .metrics = app->metrics,
                                         .config = app->config,
                                         .assets = assets_table,
                                         .asset_count = assets_count};
  int err = server_create(&options, &app->server, error);
  return err ? err : server_start(app->server, error);
}

static int open_all(struct app *app, struct buf *error) {
  int err = open_loop(app);
  if (!err) err = open_store(app, error);
  app->assist = engine_assist();
  if (!err) err = open_registry(app);
  if (!err) err = open_server(app, error);
  if (err && error->len == 0) (void)!buf_printf(error, "the server could not start: %s\n", err_text(err));
  return err;
}

static void close_all(struct app *app) {
  if (app->server) server_destroy(app->server);
  if (app->store) store_destroy(app->store); /* completes what is outstanding, into the registry */
  registry_destroy(app->registry);
  loop_timer_destroy(app->tick);
  loop_timer_destroy(app->deadline);
  loop_timer_destroy(app->reflush);
  if (app->flush) loop_defer_destroy(app->flush);
  loop_destroy(app->loop);
  metrics_destroy(app->metrics);
}

static void greet(const struct app *app) {
  struct buf text = BUF_INIT;
  struct store_status status;
  app->store->ops->status(app->store, &status);
  if (addresses_append(app->config, server_port(app->server), &text) == 0) {
    fwrite(text.data, 1, text.len, stdout);
    if (!app->config->db.host)
      printf("  rooms are kept in %s\n", app->config->data_dir);
    else
      printf("  rooms are kept in PostgreSQL at %s\n", app->config->db.host);
    printf("  API: http://localhost:%u/docs   stop: Ctrl+C\n", server_port(app->server));
    fflush(stdout);
  }
  buf_deinit(&text);
}

int serve(const struct config *config, struct buf *error) {
  struct app app = {.config = config};
  log_init(STDERR_FILENO, config->log_level, config->log_format);
  int err = open_all(&app, error);
  if (!err) {
    greet(&app);
    loop_timer_arm(app.tick, TICK_MS);
    err = loop_run(app.loop);
    if (!err && !app.saved) err = ERR_TIMEOUT;
    if (err == ERR_TIMEOUT) (void)!buf_append_str(error, "yoke stopped before everything was saved\n");
    log_info(LOG_NONE, "stopped");
  }
  close_all(&app);
  return err;
}
