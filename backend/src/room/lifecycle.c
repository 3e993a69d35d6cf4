/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "room/state.h"

bool registry_id_valid(const char *id) {
  size_t len = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");
  return id[len] == '\0' && len >= 16 && len <= STORE_ROOM_ID_MAX;
}

static int compare_rooms(const void *a, const void *b) {
  return strcmp(((const struct room *)a)->id, ((const struct room *)b)->id);
}

struct room *registry_find(struct registry *registry, const char *id) {
  struct room key = {0};
  strncpy(key.id, id, sizeof key.id - 1);
  void *node = tfind(&key, &registry->rooms, compare_rooms);
  return node ? *(struct room **)node : NULL;
}

static void forget_room(struct registry *registry, struct room *room) {
  tdelete(room, &registry->rooms, compare_rooms);
  registry->room_count--;
  metric_set(registry->metrics.rooms, (int64_t)registry->room_count);
}

static void open_metrics(struct registry *registry, struct metrics *m) {
  if (!m) return;
  registry->metrics.rooms = metrics_gauge(m, "yoke_rooms", NULL, "Rooms loaded.");
  registry->metrics.members = metrics_gauge(m, "yoke_members", NULL, "Connections in rooms.");
  registry->metrics.updates = metrics_counter(m, "yoke_updates_total", NULL, "Updates applied.");
  registry->metrics.duplicates =
      metrics_counter(m, "yoke_updates_repeated_total", NULL, "Updates that changed nothing.");
  registry->metrics.messages_out =
      metrics_counter(m, "yoke_websocket_messages_total", "direction=\"out\"", "WebSocket messages received and sent.");
  registry->metrics.refused = metrics_counter(m, "yoke_updates_refused_total", NULL, "Updates refused.");
  registry->metrics.apply = metrics_histogram(m, "yoke_apply_seconds", NULL, "Time to merge one update into its room.");
}

int registry_create(const struct registry_options *options, struct registry **out) {
  struct registry *registry = calloc(1, sizeof *registry);
  if (!registry) return ERR_NOMEM;
  registry->store = options->store;
  registry->limits = options->limits;
  registry->on_dirty = options->on_dirty;
  registry->ctx = options->ctx;
  registry->now_us = options->now_us;
  registry->ready_tail = &registry->ready;
  open_metrics(registry, options->metrics);
  *out = registry;
  return 0;
}

void registry_announce(struct registry *registry) {
  if (registry->announced) return;
  registry->announced = true;
  registry->on_dirty(registry->ctx);
}

/* ---- opening ---- */

/* Answered at the next flush, so never before the call that asked returned. */
static void answer_later(struct registry *registry, struct open_request *request, struct room *room, int err) {
  request->next = NULL;
  request->room = room;
  request->err = err;
  if (room) room->pins++;
  *registry->ready_tail = request;
  registry->ready_tail = &request->next;
  registry_announce(registry);
}

static void answer_ready(struct registry *registry) {
  while (registry->ready) {
    struct open_request *request = registry->ready;
    registry->ready = request->next;
    if (!registry->ready) registry->ready_tail = &registry->ready;
    if (request->room && (request->room->state == ROOM_DELETED || registry->stopping)) {
      request->err = request->room->state == ROOM_DELETED ? ERR_NOT_FOUND : ERR_UNAVAILABLE;
      request->room->pins--;
      request->room = NULL;
    }
    registry->reason = request->reason;
    request->done(request->ctx, request->err, request->room);
    registry->reason = NULL;
    free(request->reason);
    free(request);
  }
}

const char *registry_reason(const struct registry *registry) {
  return registry->reason;
}

static int apply_stored(struct room *room, uint64_t seq, const uint8_t *update, size_t len,
                        struct store_damage *damage) {
  bool changed;
  int err = document_apply(&room->document, update, len, &changed);
  if (!err || err == ERR_NOMEM) return err;
  damage->seq = seq;
  if (seq)
    snprintf(damage->what, sizeof damage->what, "row %" PRIu64 " of its log cannot be applied: %s", seq, err_text(err));
  else
    snprintf(damage->what, sizeof damage->what, "its snapshot cannot be applied: %s", err_text(err));
  return ERR_CORRUPT;
}

static int fill_room(struct room *room, const struct store_loaded *loaded, struct store_damage *damage) {
  int err = room_take_info(room, &loaded->room);
  document_set_limits(&room->document, NULL);
  for (size_t i = 0; i < loaded->snapshot_count && !err; i++) {
    const struct store_row *part = &loaded->snapshots[i];
    err = apply_stored(room, 0, part->data, part->len, damage);
    if (!err) err = seqs_add(&room->journal.snapshots, part->seq);
  }
  for (size_t i = 0; i < loaded->row_count && !err; i++) {
    const struct store_row *row = &loaded->rows[i];
    err = apply_stored(room, row->seq, row->data, row->len, damage);
    if (!err) err = seqs_add(&room->journal.rows, row->seq);
  }
  document_set_limits(&room->document, room->registry->limits);
  room->thin_due = loaded->history_bytes > room->registry->limits->history_keep_bytes;
  return err;
}

static void on_loaded(void *ctx, int err, const struct store_loaded *loaded) {
  struct room *room = ctx;
  struct registry *registry = room->registry;
  struct store_damage damage = {0};
  room->journal.outstanding--;
  if (!err)
    err = fill_room(room, loaded, &damage);
  else if (loaded && loaded->damage)
    damage = *loaded->damage;
  if (err == ERR_CORRUPT)
    log_error(LOG_ROOM(room->id), "the room is refused and left as it is: %s",
              damage.what[0] ? damage.what : err_text(err));
  room->state = err ? ROOM_DELETED : ROOM_READY;
  struct open_request *request = room->waiting;
  room->waiting = NULL;
  while (request) {
    struct open_request *next = request->next;
    if (damage.what[0]) request->reason = strdup(damage.what); /* without memory for it, it is in the log alone */
    answer_later(registry, request, err ? NULL : room, err);
    request = next;
  }
  if (err) {
    forget_room(registry, room);
    room_free(room);
  } else {
    log_info(LOG_ROOM(room->id), "loaded");
  }
}

static int start_loading(struct registry *registry, const char *id, struct room **out) {
  if (registry->room_count >= registry->limits->rooms_loaded_max) return ERR_FULL;
  struct room *room = NULL;
  int err = room_new(registry, id, &room);
  if (err) return err;
  if (!tsearch(room, &registry->rooms, compare_rooms)) {
    room_free(room);
    return ERR_NOMEM;
  }
  registry->room_count++;
  metric_set(registry->metrics.rooms, (int64_t)registry->room_count);
  err = registry->store->ops->load(registry->store, room->id, on_loaded, room);
  if (err) {
    forget_room(registry, room);
    room_free(room);
    return err;
  }
  room->journal.outstanding++;
  *out = room;
  return 0;
}

int registry_open(struct registry *registry, const char *room_id, registry_room_fn done, void *ctx) {
  struct open_request *request = calloc(1, sizeof *request);
  if (!request) return ERR_NOMEM;
  *request = (struct open_request){.done = done, .ctx = ctx};
  if (!registry_id_valid(room_id) || registry->stopping) {
    answer_later(registry, request, NULL, registry->stopping ? ERR_UNAVAILABLE : ERR_NOT_FOUND);
    return 0;
  }
  struct room *room = registry_find(registry, room_id);
  int err = 0;
  if (!room) err = start_loading(registry, room_id, &room);
  if (err) {
    answer_later(registry, request, NULL, err);
  } else if (room->state == ROOM_LOADING) {
    request->next = room->waiting;
    room->waiting = request;
  } else {
    answer_later(registry, request, room->state == ROOM_READY ? room : NULL,
                 room->state == ROOM_READY ? 0 : ERR_NOT_FOUND);
  }
  return 0;
}

void registry_release(struct registry *registry, struct room *room, uint64_t now_ms) {
  (void)registry;
  room->pins--;
  room->idle_since_ms = now_ms;
}

/* ---- turns and ticks ---- */

static void hold(struct registry *registry, struct room *room) {
  room->held = true;
  room->next_dirty = registry->dirty;
  registry->dirty = room;
}

uint64_t registry_flush(struct registry *registry, uint64_t now_ms) {
  registry->announced = false;
  answer_ready(registry);
  struct room *room = registry->dirty;
  registry->dirty = NULL;
  uint64_t again_ms = 0;
  while (room) {
    struct room *next = room->next_dirty;
    uint64_t wait_ms = room_wait_ms(room, now_ms);
    if (wait_ms) {
      hold(registry, room);
      if (!again_ms || wait_ms < again_ms) again_ms = wait_ms;
    } else {
      room->dirty = room->held = false;
      room_flush(room, now_ms);
    }
    room = next;
  }
  return again_ms;
}

static void last_flush(struct registry *registry);

struct visit {
  struct room **rooms;
  size_t count;
};

static void collect(const void *node, VISIT which, void *closure) {
  struct visit *visit = closure;
  if (which == postorder || which == leaf) visit->rooms[visit->count++] = *(struct room *const *)node;
}

/* All rooms, as a list that may be walked while rooms go. *rooms is the caller's. */
static int list_rooms(struct registry *registry, struct visit *out) {
  out->count = 0;
  out->rooms = malloc((registry->room_count ? registry->room_count : 1) * sizeof *out->rooms);
  if (!out->rooms) return ERR_NOMEM;
  twalk_r(registry->rooms, collect, out);
  return 0;
}

static void tick_room(struct registry *registry, struct room *room, uint64_t now_ms, uint64_t unix_ms) {
  if (room->state == ROOM_LOADING) return;
  bool idle = room_unused(room) && now_ms - room->idle_since_ms >= registry->limits->room_idle_ms;
  info_tick(room, unix_ms);
  journal_tick(room, idle);
  thin_tick(room, unix_ms);
  if (!idle || !room_unused(room)) return;
  log_info(LOG_ROOM(room->id), "unloaded");
  forget_room(registry, room);
  room_free(room);
}

void registry_tick(struct registry *registry, uint64_t now_ms, uint64_t unix_ms) {
  struct visit visit;
  if (registry->flush_again) last_flush(registry);
  if (registry->stopping || list_rooms(registry, &visit)) return;
  for (size_t i = 0; i < visit.count; i++) tick_room(registry, visit.rooms[i], now_ms, unix_ms);
  free(visit.rooms);
}

void registry_stats(const struct registry *registry, struct registry_stats *out) {
  *out = (struct registry_stats){.rooms_loaded = registry->room_count, .members = registry->member_count};
}

/* ---- the end ---- */

/* Acknowledge what is on disk, then close: nothing is taken from the members any more. */
static int close_members(struct registry *registry) {
  struct visit visit;
  int err = list_rooms(registry, &visit);
  if (err) return err;
  for (size_t i = 0; i < visit.count; i++) {
    struct room *room = visit.rooms[i];
    if (room->state == ROOM_LOADING) continue;
    room_flush(room, 0);
    room_close_members(room, WS_CLOSE_GOING_AWAY, "the server is shutting down");
  }
  free(visit.rooms);
  registry->members_closed = true;
  return 0;
}

static void note_failed(const void *node, VISIT which, void *closure) {
  const struct room *room = *(struct room *const *)node;
  bool failed = room->state == ROOM_READY && room->journal.failed;
  if ((which == postorder || which == leaf) && failed) *(bool *)closure = true;
}

static void on_flushed(void *ctx, int err) {
  struct registry *registry = ctx;
  registry_done_fn stopped = registry->stopped;
  bool failed = false;
  if (!stopped) return;
  if (!err) twalk_r(registry->rooms, note_failed, &failed);
  registry->flush_again = failed;
  if (failed) return;
  if (!err && !registry->members_closed) { /* what came in the meantime has to be saved as well */
    if (close_members(registry) == 0)
      last_flush(registry);
    else
      registry->flush_again = true;
    return;
  }
  registry->stopped = NULL;
  stopped(registry->stopped_ctx, err);
}

static void mend(const void *node, VISIT which, void *closure) {
  (void)closure;
  if (which == postorder || which == leaf) journal_mend(*(struct room *const *)node);
}

/* What cannot begin for lack of memory is for the next tick. */
static void last_flush(struct registry *registry) {
  twalk_r(registry->rooms, mend, NULL);
  registry->flush_again = registry->store->ops->flush(registry->store, on_flushed, registry) != 0;
}

void registry_shutdown(struct registry *registry, registry_done_fn done, void *ctx) {
  registry->stopping = true;
  registry->stopped = done;
  registry->stopped_ctx = ctx;
  last_flush(registry);
}

static void free_room(void *node) {
  struct room *room = node;
  while (room->waiting) {
    struct open_request *request = room->waiting;
    room->waiting = request->next;
    request->done(request->ctx, ERR_CANCELLED, NULL);
    free(request);
  }
  journal_cancel(room, ERR_CANCELLED);
  room_free(room);
}

void registry_destroy(struct registry *registry) {
  if (!registry) return;
  while (registry->ready) {
    struct open_request *request = registry->ready;
    registry->ready = request->next;
    request->done(request->ctx, ERR_CANCELLED, NULL);
    free(request->reason);
    free(request);
  }
  tdestroy(registry->rooms, free_room);
  free(registry);
}
