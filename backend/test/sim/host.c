/* SPDX-License-Identifier: MIT */
#include "host.h"

#include <string.h>

#include "link.h"

enum { TURN_MS = 2, TICK_MS = 1000, STOP_DEADLINE_MS = 3000, LAST_WORDS_MS = 20 };

/* ---- turns ---- */

static void plan_flush(struct host *host, uint64_t delay_ms);

static void on_flush(void *ctx) {
  struct host *host = ctx;
  host->flush_planned = false;
  if (!host->up) return;
  uint64_t again_ms = registry_flush(host->registry, host->sim->time.now_ms);
  if (again_ms) plan_flush(host, again_ms);
}

static void plan_flush(struct host *host, uint64_t delay_ms) {
  if (host->flush_planned || !host->up) return;
  host->flush_planned = true;
  timeline_plan(&host->sim->time, delay_ms, on_flush, host);
}

static void on_dirty(void *ctx) {
  struct host *host = ctx;
  plan_flush(host, dice_below(&host->sim->dice, TURN_MS + 1));
}

static size_t rooms_loaded(const struct host *host) {
  struct registry_stats stats;
  registry_stats(host->registry, &stats);
  return stats.rooms_loaded;
}

static void on_tick(void *ctx) {
  struct host *host = ctx;
  struct sim *sim = host->sim;
  if (!host->up) return;
  size_t before = rooms_loaded(host);
  registry_tick(host->registry, sim->time.now_ms, sim_wall_ms(sim));
  if (rooms_loaded(host) < before) report_fault(&sim->report, FAULT_UNLOADED);
  timeline_plan(&sim->time, TICK_MS, on_tick, host);
}

/* ---- life and death ---- */

void host_start(struct sim *sim) {
  struct host *host = must_alloc(calloc(1, sizeof *host));
  host->sim = sim;
  host->next = sim->hosts;
  sim->hosts = host;
  struct flaky_odds none = {0};
  flaky_init(&host->store, &sim->disk, &sim->time, &sim->report, &sim->dice, sim->settling ? &none : &sim->luck.store,
             &sim->limits);
  host->store.sabotage = sim->sabotage;
  host->store.sabotaged = &sim->sabotaged;
  struct registry_options options = {
      .store = &host->store.store, .limits = &sim->limits, .on_dirty = on_dirty, .ctx = host};
  MUST(registry_create(&options, &host->registry));
  host->up = true;
  timeline_plan(&sim->time, TICK_MS, on_tick, host);
  report_trace(&sim->report, "the server starts");
}

static void end(struct host *host) {
  host->up = false;
  flaky_crash(&host->store);
  for (struct link *link = host->sim->links; link; link = link->next)
    if (link->host == host) link_host_died(link);
  registry_destroy(host->registry);
  host->registry = NULL;
}

void host_crash(struct host *host) {
  if (!host->up) return;
  report_fault(&host->sim->report, host->stopping ? FAULT_STOP_CUT : FAULT_CRASH);
  end(host);
  sim_check_disk(host->sim, "after a crash");
}

static void on_last_words(void *ctx) {
  struct host *host = ctx;
  if (!host->up) return;
  report_fault(&host->sim->report, FAULT_STOPPED);
  end(host);
  sim_check_disk(host->sim, "after the server stopped");
}

static void on_stopped(void *ctx, int err) {
  struct host *host = ctx;
  if (err || !host->up) return;
  for (struct link *link = host->sim->links; link; link = link->next)
    if (link->host == host) link_check_durable(link, link->received, "the server stopped");
  timeline_plan(&host->sim->time, LAST_WORDS_MS, on_last_words, host);
}

static void on_deadline(void *ctx) {
  host_crash(ctx);
}

void host_stop(struct host *host) {
  if (!host->up || host->stopping) return;
  host->stopping = true;
  report_trace(&host->sim->report, "the server is told to stop");
  registry_shutdown(host->registry, on_stopped, host);
  timeline_plan(&host->sim->time, STOP_DEADLINE_MS, on_deadline, host);
}

struct host *host_pick(struct sim *sim) {
  size_t up = 0;
  struct host *picked = sim->hosts;
  for (struct host *host = sim->hosts; host; host = host->next)
    if (host->up && dice_below(&sim->dice, (uint32_t)++up) == 0) picked = host;
  return picked;
}

size_t host_count(const struct sim *sim) {
  size_t up = 0;
  for (const struct host *host = sim->hosts; host; host = host->next) up += host->up;
  return up;
}

void host_free(struct host *host) {
  if (host->up) end(host);
  flaky_deinit(&host->store);
  free(host);
}

/* ---- scripts ---- */

struct script {
  struct host *host;
  size_t room;
  uint32_t in, out; /* the characters put in and taken out, UINT32_MAX: none */
};

static void on_script_saved(void *ctx, int err) {
  struct script *script = ctx;
  struct host *host = script->host;
  struct tokens *tokens = &host->sim->tokens;
  host->scripts--;
  report_trace(&host->sim->report, "script: saved, %d", err);
  if (!err) {
    if (script->in != UINT32_MAX) tokens->all[script->in].acked_in = true;
    if (script->out != UINT32_MAX) tokens->all[script->out].acked_out = true;
    sim_check_disk(host->sim, "after a script was told that its text is saved");
  }
  free(script);
}

/* The text with one character more at its end, or one less. */
static void make_text(struct script *script, const struct buf *now, struct buf *text) {
  struct sim *sim = script->host->sim;
  struct spots spots;
  tokens_read(now->data, now->len, &spots);
  MUST(buf_append(text, now->data, now->len));
  char utf8[TOKEN_UTF8_MAX];
  if (spots.count > 0 && dice_hits(&sim->dice, 400)) {
    script->out = spots.all[dice_below(&sim->dice, (uint32_t)spots.count)].token;
    size_t len = script->out == UINT32_MAX ? 0 : token_utf8(script->out, utf8);
    uint8_t *at = len ? memmem(text->data, text->len, utf8, len) : NULL;
    if (at) {
      memmove(at, at + len, text->len - (size_t)(at - text->data) - len);
      text->len -= len;
    }
  } else {
    script->in = tokens_make(&sim->tokens, script->room);
    sim->tokens.all[script->in].sure_in = false; /* until it is acknowledged */
    MUST(buf_append(text, utf8, token_utf8(script->in, utf8)));
  }
  free(spots.all);
}

static int put(struct script *script, struct room *room) {
  struct sim *sim = script->host->sim;
  struct buf now = BUF_INIT, text = BUF_INIT;
  char etag[ROOM_ETAG_CHARS + 1];
  bool created = false;
  MUST(room_main_text(room, &now));
  make_text(script, &now, &text);
  struct room_put what = {.path = "main.c", .text = text.data, .len = text.len, .author = "script"};
  if (text.len == 0) what.text = (const uint8_t *)"";
  int err = room_file_put(room, &what, sim->time.now_ms, sim_wall_ms(sim), &created, etag);
  if (!err && created) report_violation(&sim->report, "a script made main.c anew: the room had none");
  if (!err && script->out != UINT32_MAX) sim->tokens.all[script->out].tried_out = true;
  buf_deinit(&now);
  buf_deinit(&text);
  return err;
}

static void on_script_open(void *ctx, int err, struct room *room) {
  struct script *script = ctx;
  struct host *host = script->host;
  if (!err) err = put(script, room);
  if (!err) err = room_when_saved(room, on_script_saved, script);
  if (room) registry_release(host->registry, room, host->sim->time.now_ms);
  if (!err) return;
  host->scripts--;
  free(script);
}

void host_script(struct host *host, size_t room) {
  if (!host->up || host->stopping) return;
  struct script *script = must_alloc(calloc(1, sizeof *script));
  *script = (struct script){host, room, UINT32_MAX, UINT32_MAX};
  host->scripts++;
  MUST(registry_open(host->registry, host->sim->room_ids[room], on_script_open, script));
}
