/* SPDX-License-Identifier: MIT */
#include "store/core.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

enum {
  BATCH_MAX_BYTES = 8 << 20, /* keeps one commit short; a larger payload goes alone */
  TICK_MS = 100,
  SLOW_COMMIT_MS = 1000, /* a commit that takes longer: the store counts as down */
  BUSY_RETRY_MS = 20,
  BACKOFF_MIN_MS = 250,
  BACKOFF_MAX_MS = 2000,
};

static void on_turn_end(void *ctx);
static void on_tick(void *ctx);

int core_init(struct core *core, const struct core_options *options) {
  core->store.ops = options->ops;
  core->driver = options->driver;
  core->loop = options->loop;
  core->limits = *options->limits;
  core->next_ticket = 1;
  snprintf(core->reason, sizeof core->reason, "not connected yet");
  int err = loop_defer_create(core->loop, on_turn_end, core, &core->defer);
  if (!err) err = loop_timer_create(core->loop, on_tick, core, &core->tick);
  if (err) {
    core_deinit(core);
    return err;
  }
  struct metrics *m = options->metrics;
  if (!m) return 0;
  core->m_commit = metrics_histogram(m, "yoke_store_commit_seconds", NULL, "Time of one group commit");
  core->m_rows = metrics_counter(m, "yoke_store_commit_rows_total", NULL, "Updates committed");
  core->m_errors = metrics_counter(m, "yoke_store_errors_total", NULL, "Store operations that failed");
  core->m_backlog = metrics_gauge(m, "yoke_store_backlog_bytes", NULL, "Accepted updates not yet committed");
  core->m_up = metrics_gauge(m, "yoke_store_up", NULL, "1 while the store answers");
  return 0;
}

void core_deinit(struct core *core) {
  loop_timer_destroy(core->tick);
  loop_defer_destroy(core->defer);
  core->tick = NULL;
  core->defer = NULL;
}

void core_kick(struct core *core) {
  if (!core->stopping) loop_defer_schedule(core->defer);
}

void core_set_down(struct core *core, const char *reason) {
  bool news = core->up || strcmp(core->reason, reason) != 0;
  core->up = false;
  snprintf(core->reason, sizeof core->reason, "%s", reason);
  metric_set(core->m_up, 0);
  if (news) log_error(LOG_NONE, "store (%s) is down: %s", core->driver->kind, core->reason);
}

static void set_up(struct core *core) {
  if (!core->up) log_info(LOG_NONE, "store (%s) is up", core->driver->kind);
  core->up = true;
  core->reason[0] = '\0';
  metric_set(core->m_up, 1);
}

static bool commit_is_slow(const struct core *core) {
  return core->flight.head && clock_mono_us() - core->flight_since_us >= SLOW_COMMIT_MS * UINT64_C(1000);
}

void core_set_up(struct core *core) {
  if (!core->failing_since_ms && !commit_is_slow(core)) set_up(core);
}

/* Deadlines ---------------------------------------------------------------- */

void core_time(struct core *core, struct request *r) {
  r->deadline_ms = clock_mono_ms() + core->limits.store_timeout_ms;
  r->timed = true;
  r->timed_prev = core->timed_tail;
  if (core->timed_tail)
    core->timed_tail->timed_next = r;
  else
    core->timed_head = r;
  core->timed_tail = r;
}

static void untime(struct core *core, struct request *r) {
  if (!r->timed) return;
  r->timed = false;
  if (r->timed_prev)
    r->timed_prev->timed_next = r->timed_next;
  else
    core->timed_head = r->timed_next;
  if (r->timed_next)
    r->timed_next->timed_prev = r->timed_prev;
  else
    core->timed_tail = r->timed_prev;
}

/** Tell the caller and forget the request. */
static void finish(struct core *core, struct request *r, int err) {
  untime(core, r);
  core->backlog_bytes -= r->charged_bytes;
  metric_move(core->m_backlog, -(int64_t)r->charged_bytes);
  request_answer(r, err);
  request_destroy(r);
}

static bool idle(const struct core *core) {
  return !core->queue.head && !core->flight.head && !core->waiting.head && !core->reading.head;
}

static void on_tick(void *ctx) {
  struct core *core = ctx;
  uint64_t now = clock_mono_ms();
  while (core->timed_head && core->timed_head->deadline_ms <= now) {
    struct request *late = core->timed_head;
    untime(core, late);
    metric_add(core->m_errors, 1);
    request_answer(late, ERR_UNAVAILABLE); /* its list drops it when it gets there */
  }
  if (core->up && commit_is_slow(core)) core_set_down(core, "a commit has not returned for more than a second");
  core_kick(core);
}

/* Writes ------------------------------------------------------------------- */

/** Every write with a smaller ticket is committed or was refused. */
static uint64_t oldest_ticket(const struct core *core) {
  if (core->flight.head) return core->flight.head->ticket;
  return core->queue.head ? core->queue.head->ticket : core->next_ticket;
}

static uint32_t hash_of(const char *text) {
  uint32_t hash = 2166136261u; /* FNV-1a */
  for (; *text; text++) hash = (hash ^ (uint8_t)*text) * 16777619u;
  return hash;
}

/** A room's time of change and number of rows are written once a batch, by the last of its appends. */
static void mark_last_of_room(struct core *core, struct request *batch, size_t count) {
  uint32_t slots = 2;
  while (slots < count * 2) slots *= 2;
  memset(core->by_room, 0, slots * sizeof core->by_room[0]);
  for (struct request *r = batch; r; r = r->next) {
    if (r->kind != REQUEST_APPEND) continue;
    uint32_t at = hash_of(r->room.id) & (slots - 1);
    while (core->by_room[at] && strcmp(core->by_room[at]->room.id, r->room.id) != 0) at = (at + 1) & (slots - 1);
    r->room_rows = 1;
    if (core->by_room[at]) {
      core->by_room[at]->last_of_room = false;
      r->room_rows += core->by_room[at]->room_rows;
    }
    core->by_room[at] = r;
    r->last_of_room = true;
  }
}

static void start_batch(struct core *core) {
  if (core->flight.head || !core->queue.head || !core->driver->can_write(core)) return;
  if (core->retry_at_ms && clock_mono_ms() < core->retry_at_ms) return;
  size_t count = 0, bytes = 0;
  size_t most = core->isolate ? 1 : CORE_BATCH_MAX;
  while (core->queue.head && count < most) {
    struct request *r = core->queue.head;
    size_t len = r->payload ? r->payload->len : 0;
    if (count && bytes + len > BATCH_MAX_BYTES) break;
    request_list_pop(&core->queue);
    if (r->answered) {
      finish(core, r, ERR_UNAVAILABLE);
      continue;
    }
    r->err = 0;
    request_list_push(&core->flight, r);
    bytes += len;
    count++;
  }
  if (!count) return;
  mark_last_of_room(core, core->flight.head, count);
  core->flight_since_us = clock_mono_us();
  core->driver->write(core, core->flight.head);
}

static void batch_committed(struct core *core) {
  struct request_list batch = core->flight;
  core->flight = (struct request_list){0};
  core->retry_at_ms = core->backoff_ms = core->failing_since_ms = 0;
  metric_observe_us(core->m_commit, clock_mono_us() - core->flight_since_us);
  set_up(core);
  struct request *r;
  while ((r = request_list_pop(&batch))) {
    if (core->isolate) core->isolate--;
    if (r->kind == REQUEST_APPEND && !r->err) metric_add(core->m_rows, 1);
    finish(core, r, r->err);
  }
}

/** The database refused something in the batch: find it by committing one at a time. */
static void batch_refused(struct core *core, const char *reason) {
  struct request *first = core->flight.head;
  if (first->next) {
    core->isolate = 0;
    for (struct request *r = first; r; r = r->next) core->isolate++;
    request_list_prepend(&core->queue, &core->flight);
    return;
  }
  log_error(LOG_ROOM(first->room.id), "the store refused an operation: %s", reason);
  first->err = ERR_INVALID;
  batch_committed(core);
}

static void batch_failed(struct core *core, int err, const char *reason) {
  uint64_t now = clock_mono_ms();
  if (!core->failing_since_ms) core->failing_since_ms = now;
  if (err == ERR_BUSY) {
    core->retry_at_ms = now + BUSY_RETRY_MS;
    if (now - core->failing_since_ms >= SLOW_COMMIT_MS) core_set_down(core, reason);
  } else {
    core->backoff_ms = core->backoff_ms ? core->backoff_ms * 2 : BACKOFF_MIN_MS;
    if (core->backoff_ms > BACKOFF_MAX_MS) core->backoff_ms = BACKOFF_MAX_MS;
    core->retry_at_ms = now + core->backoff_ms;
    core_set_down(core, reason);
  }
  request_list_prepend(&core->queue, &core->flight);
}

void core_write_done(struct core *core, int err, const char *reason) {
  if (err) metric_add(core->m_errors, 1);
  if (!reason) reason = "";
  if (!err)
    batch_committed(core);
  else if (err == ERR_INVALID)
    batch_refused(core, reason);
  else
    batch_failed(core, err, reason);
  core_kick(core);
}

/* Reads -------------------------------------------------------------------- */

static void start_reads(struct core *core) {
  uint64_t oldest = oldest_ticket(core);
  for (struct request *r = core->waiting.head, *next; r; r = next) {
    next = r->next;
    if (r->answered) {
      request_list_remove(&core->waiting, r);
      finish(core, r, ERR_UNAVAILABLE);
    } else if (r->ticket >= oldest) {
      continue;
    } else if (r->kind == REQUEST_FLUSH) {
      request_list_remove(&core->waiting, r);
      finish(core, r, 0);
    } else if (r->kind == REQUEST_PING && !core->up && !core->driver->can_read(core)) {
      request_list_remove(&core->waiting, r); /* known to be down: no need to wait for it */
      finish(core, r, ERR_UNAVAILABLE);
    } else if (core->driver->can_read(core)) {
      request_list_remove(&core->waiting, r);
      request_list_push(&core->reading, r);
      core->driver->read(core, r);
    }
  }
}

void core_read_done(struct core *core, struct request *r, int err, const char *reason) {
  request_list_remove(&core->reading, r);
  if (err && err != ERR_NOT_FOUND) {
    metric_add(core->m_errors, 1);
    log_error(LOG_ROOM(r->room.id[0] ? r->room.id : NULL), "store (%s) cannot read: %s", core->driver->kind,
              reason ? reason : err_text(err));
  }
  if (r->kind == REQUEST_PING) {
    if (err) core_set_down(core, reason ? reason : err_text(err));
    if (!err && !core->queue.head && !core->flight.head) core->failing_since_ms = 0; /* the last failure is history */
    if (!err) core_set_up(core);
    if (!core->up) err = ERR_UNAVAILABLE;
  }
  finish(core, r, err);
  core_kick(core);
}

/* The loop ----------------------------------------------------------------- */

static void arm_tick(struct core *core) {
  if (idle(core)) {
    loop_timer_disarm(core->tick);
    return;
  }
  uint64_t pause = TICK_MS, now = clock_mono_ms();
  if (core->queue.head && !core->flight.head && core->retry_at_ms > now && core->retry_at_ms - now < pause)
    pause = core->retry_at_ms - now;
  if (pause < TICK_MS || !loop_timer_armed(core->tick)) loop_timer_arm(core->tick, pause);
}

static void on_turn_end(void *ctx) {
  struct core *core = ctx;
  start_batch(core);
  start_reads(core);
  arm_tick(core);
}

static void cancel_all(struct core *core, struct request_list *list) {
  struct request_list taken = *list;
  *list = (struct request_list){0};
  struct request *r;
  while ((r = request_list_pop(&taken))) finish(core, r, ERR_CANCELLED);
}

void core_destroy(struct core *core) {
  core->stopping = true;
  core->driver->stop(core);
  cancel_all(core, &core->flight);
  cancel_all(core, &core->queue);
  cancel_all(core, &core->reading);
  cancel_all(core, &core->waiting);
  core_deinit(core);
  core->driver->free(core);
}
