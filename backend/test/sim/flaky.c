/* SPDX-License-Identifier: MIT */
#include "flaky.h"

#include <string.h>

#include "base/limits.h"

enum { BATCH_MAX = 64 };

const char *sabotage_name(enum sabotage sabotage) {
  static const char *const names[SABOTAGE_KINDS] = {"none",          "ack-early",         "drop-deletion",
                                                    "compact-range", "compact-snapshots", "empty-load"};
  return names[sabotage];
}

static void forget(struct flaky *s, struct op *op) {
  if (op->kind == OP_APPEND) s->backlog_bytes -= op->payload->len;
  op_free(op);
}

void flaky_finish(struct flaky *s, struct op *op, int err) {
  op_answer(op, err);
  forget(s, op);
}

/* ---- the commit ---- */

static void start(void *ctx);
static void commit(void *ctx);

void flaky_kick(struct flaky *s, uint64_t delay_ms) {
  if (s->starting || s->dead) return;
  s->starting = true;
  timeline_plan(s->time, delay_ms, start, s);
}

static bool is_away(const struct flaky *s) {
  return s->time->now_ms < s->away_until_ms;
}

static uint64_t commit_ms(struct flaky *s) {
  if (!dice_hits(s->dice, s->odds.slow)) return dice_between(s->dice, 1, 8);
  report_fault(s->report, FAULT_STORE_SLOW);
  return dice_between(s->dice, 100, 3000);
}

/* The calls that waited while the batch before was written go together. */
static void start(void *ctx) {
  struct flaky *s = ctx;
  s->starting = false;
  if (s->dead || s->flight.head) return;
  for (size_t n = 0; s->queue.head && n < BATCH_MAX; n++) {
    struct op *op = op_list_pop(&s->queue);
    if (op->answered)
      forget(s, op);
    else
      op_list_push(&s->flight, op);
  }
  if (s->flight.head) timeline_plan(s->time, commit_ms(s), commit, s);
}

static void write_append(struct flaky *s, struct op *op, struct disk_room *room) {
  if (dice_hits(s->dice, s->odds.append_fails)) {
    report_fault(s->report, FAULT_APPEND_FAILED);
    op->err = ERR_IO;
    return;
  }
  op->err = 0;
  op->seq = disk_append(s->disk, room, op->payload);
  if (dice_hits(s->dice, s->odds.append_mistaken)) {
    report_fault(s->report, FAULT_APPEND_MISTAKEN);
    op->err = ERR_IO;
    op->seq = 0;
  }
}

static void write_one(struct flaky *s, struct op *op) {
  struct disk_room *room = disk_find(s->disk, op->room);
  if (op->kind == OP_CREATE) {
    if (!room) disk_append(s->disk, disk_create(s->disk, &op->info), op->payload);
  } else if (!room) {
    op->err = ERR_NOT_FOUND;
  } else if (op->kind == OP_APPEND) {
    write_append(s, op, room);
  }
}

static void write_flight(struct flaky *s) {
  for (struct op *op = s->flight.head; op; op = op->next) write_one(s, op);
}

static void deliver(void *ctx) {
  struct flaky *s = ctx;
  if (s->dead) return;
  struct op_list done = s->flight;
  if (!s->flight.head) return;
  op_list_init(&s->flight);
  s->committed = false;
  while (done.head) {
    struct op *op = done.head;
    done.head = op->next;
    flaky_finish(s, op, op->err);
  }
  flaky_kick(s, 0);
}

static void commit(void *ctx) {
  struct flaky *s = ctx;
  if (s->dead) return;
  bool unknown = dice_hits(s->dice, s->odds.commit_unknown);
  if (is_away(s) || unknown || dice_hits(s->dice, s->odds.commit_fails)) {
    if (unknown && !is_away(s)) write_flight(s);
    report_fault(s->report, is_away(s) ? FAULT_STORE_AWAY : unknown ? FAULT_COMMIT_UNKNOWN : FAULT_COMMIT_FAILED);
    op_list_prepend(&s->queue, &s->flight);
    flaky_kick(s, is_away(s) ? s->away_until_ms - s->time->now_ms : dice_between(s->dice, 20, 500));
    return;
  }
  write_flight(s);
  s->committed = true;
  bool late = dice_hits(s->dice, s->odds.answer_late);
  if (late) report_fault(s->report, FAULT_ANSWER_LATE);
  timeline_plan(s->time, late ? dice_between(s->dice, 50, 1000) : 0, deliver, s);
}

/* ---- compaction ---- */

static const uint64_t *all_seqs(const uint64_t *old, const struct disk_row *rows, size_t count) {
  uint64_t *seqs = must_alloc(realloc((void *)(uintptr_t)old, (count + 1) * sizeof *seqs));
  for (size_t i = 0; i < count; i++) seqs[i] = rows[i].seq;
  return seqs;
}

static void take_too_much(const struct flaky *s, struct store_parts *parts, const struct disk_room *room) {
  if (s->sabotage == SABOTAGE_COMPACT_RANGE) {
    parts->rows = all_seqs(parts->rows, room->rows, room->row_count);
    parts->row_count = room->row_count;
  } else if (s->sabotage == SABOTAGE_COMPACT_SNAPSHOTS) {
    parts->snapshots = all_seqs(parts->snapshots, room->snapshots, room->snapshot_count);
    parts->snapshot_count = room->snapshot_count;
  }
}

static void compact_now(struct flaky *s, struct op *op, struct disk_room *room) {
  take_too_much(s, &op->parts, room);
  size_t before = room->row_count;
  op->seq = disk_compact(s->disk, room, &op->parts, op->payload);
  s->report->compactions++;
  report_trace(s->report, "store: compacted %zu rows, %zu left, and %zu snapshots", before - room->row_count,
               room->row_count, room->snapshot_count);
}

/* Compactions stay in their order; whether it may run is looked at again and again until it could. */
void flaky_on_compact(void *ctx) {
  struct flaky *s = ctx;
  if (s->dead) return;
  struct op *op = s->compactions.head;
  if (!op) return;
  if (is_away(s) || s->time->now_ms < op->due_ms) {
    timeline_plan(s->time, is_away(s) ? 50 : op->due_ms - s->time->now_ms, flaky_on_compact, s);
    return;
  }
  op_list_pop(&s->compactions);
  struct disk_room *room = disk_find(s->disk, op->room);
  bool fails = dice_hits(s->dice, s->odds.compact_fails), mistaken = dice_hits(s->dice, s->odds.compact_mistaken);
  if (room && !fails) compact_now(s, op, room);
  if (fails || mistaken) report_fault(s->report, fails ? FAULT_COMPACT_FAILED : FAULT_COMPACT_MISTAKEN);
  flaky_finish(s, op, !room ? ERR_NOT_FOUND : fails || mistaken ? ERR_UNAVAILABLE : 0);
  if (s->compactions.head) timeline_plan(s->time, 1, flaky_on_compact, s);
}

/* ---- reads ---- */

/* What is committed is there for a load; a flush comes after the answers, too. */
static uint64_t oldest_write(const struct flaky *s, bool answered) {
  if (s->flight.head && (answered || !s->committed)) return s->flight.head->number;
  return s->queue.head ? s->queue.head->number : UINT64_MAX;
}

static struct store_row *rows_of(const struct disk_row *from, size_t count) {
  struct store_row *rows = must_alloc(calloc(count + 1, sizeof *rows));
  for (size_t i = 0; i < count; i++)
    rows[i] = (struct store_row){
        .seq = from[i].seq, .at = 1, .author = "", .data = from[i].data->data, .len = from[i].data->len};
  return rows;
}

static void serve(struct flaky *s, struct op *op, const struct disk_room *room, bool damaged) {
  struct store_row *rows = rows_of(room->rows, room->row_count);
  struct store_row *snapshots = rows_of(room->snapshots, room->snapshot_count);
  if (damaged && (room->snapshot_count == 0 || dice_hits(s->dice, 500)))
    rows[dice_below(s->dice, (uint32_t)room->row_count)].len--; /* cut short, it is malformed */
  else if (damaged)
    snapshots[dice_below(s->dice, (uint32_t)room->snapshot_count)].len--;
  const struct store_loaded loaded = {.room = room->info,
                                      .snapshots = snapshots,
                                      .snapshot_count = room->snapshot_count,
                                      .rows = rows,
                                      .row_count = room->row_count};
  op->answered = true;
  op->loaded(op->ctx, 0, &loaded);
  free(snapshots);
  free(rows);
}

static void fail_load(struct flaky *s, struct op *op, const struct disk_room *room) {
  static const int errors[] = {ERR_UNAVAILABLE, ERR_IO, ERR_CORRUPT, ERR_NOMEM};
  const struct disk_room empty = {.info = room->info};
  report_fault(s->report, FAULT_LOAD_FAILED);
  if (s->sabotage == SABOTAGE_EMPTY_LOAD)
    serve(s, op, &empty, false);
  else
    op_answer(op, errors[dice_below(s->dice, 4)]);
}

static void load_now(struct flaky *s, struct op *op) {
  const struct disk_room *room = disk_find(s->disk, op->room);
  if (!room) {
    op_answer(op, ERR_NOT_FOUND);
  } else if (dice_hits(s->dice, s->odds.load_fails)) {
    fail_load(s, op, room);
  } else if (room->row_count > 0 && dice_hits(s->dice, s->odds.load_damaged)) {
    report_fault(s->report, FAULT_LOAD_DAMAGED);
    serve(s, op, room, true);
  } else {
    s->report->loads++;
    serve(s, op, room, false);
  }
}

void flaky_on_reads(void *ctx) {
  struct flaky *s = ctx;
  if (s->dead) return;
  for (struct op *op = s->reads.head, *next; op; op = next) {
    next = op->next;
    uint64_t now_ms = s->time->now_ms;
    bool late = op->limit_ms && now_ms >= op->limit_ms;
    bool ready = !is_away(s) && now_ms >= op->due_ms && op->after < oldest_write(s, op->kind == OP_FLUSH);
    if (!late && !ready) continue;
    op_list_remove(&s->reads, op);
    if (late) {
      report_fault(s->report, FAULT_READ_LATE);
      op_answer(op, ERR_UNAVAILABLE);
    } else if (op->kind == OP_LOAD) {
      load_now(s, op);
    }
    flaky_finish(s, op, 0);
    next = s->reads.head; /* the callback may have asked for more, or ended others */
  }
  if (s->reads.head) timeline_plan(s->time, 5, flaky_on_reads, s);
}

/* ---- its life ---- */

void flaky_init(struct flaky *s, struct disk *disk, struct timeline *time, struct report *report, struct dice *dice,
                const struct flaky_odds *odds, const struct limits *limits) {
  *s = (struct flaky){

      .store.ops = &flaky_ops,
      .disk = disk,
      .time = time,
      .report = report,
      .dice = dice,
      .odds = *odds,
      .limits = limits};
  struct op_list *lists[] = {&s->queue, &s->flight, &s->compactions, &s->reads, &s->early, &s->ghosts};
  for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) op_list_init(lists[i]);
}

static bool has_append(const struct op_list *list) {
  for (const struct op *op = list->head; op; op = op->next)
    if (op->kind == OP_APPEND) return true;
  return false;
}

static void cancel(struct flaky *s, struct op_list *list) {
  for (struct op *op; (op = op_list_pop(list));) {
    op->seq = 0;
    flaky_finish(s, op, ERR_CANCELLED);
  }
}

/* The database works on, though nobody waits for it any more. */
static void on_ghost(void *ctx) {
  struct flaky *s = ctx;
  for (struct op *op; (op = op_list_pop(&s->ghosts));) {
    struct disk_room *room = disk_find(s->disk, op->room);
    if (op->kind == OP_COMPACT && room)
      compact_now(s, op, room);
    else
      write_one(s, op);
    forget(s, op);
  }
}

static void leave_ghosts(struct flaky *s, struct op_list *list) {
  for (struct op *op; (op = op_list_pop(list));) {
    op_answer(op, ERR_CANCELLED);
    op_list_push(&s->ghosts, op);
  }
}

/* What becomes of a commit and a compaction that the server had begun. */
static void let_go(struct flaky *s) {
  bool begun = s->flight.head || s->compactions.head;
  if (begun && !s->committed && !is_away(s) && dice_hits(s->dice, s->odds.ghost)) {
    report_fault(s->report, FAULT_GHOST);
    leave_ghosts(s, &s->flight);
    leave_ghosts(s, &s->compactions);
    timeline_plan(s->time, dice_below(s->dice, FLAKY_GHOST_MAX_MS), on_ghost, s);
  } else if (s->flight.head && !s->committed && !is_away(s) && dice_hits(s->dice, 500)) {
    write_flight(s);
    s->committed = true;
  }
}

void flaky_crash(struct flaky *s) {
  if (s->dead) return;
  s->dead = true;
  let_go(s);
  if (s->committed && has_append(&s->flight)) report_fault(s->report, FAULT_CRASH_UNTOLD);
  if (has_append(&s->queue) || (!s->committed && has_append(&s->flight))) report_fault(s->report, FAULT_CRASH_LOST);
  for (const struct op *op = s->reads.head; op; op = op->next)
    if (op->kind == OP_LOAD) report_fault(s->report, FAULT_CRASH_LOADING);
  struct op_list *lists[] = {&s->flight, &s->queue, &s->compactions, &s->reads, &s->early};
  for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) cancel(s, lists[i]);
}

void flaky_deinit(struct flaky *s) {
  flaky_crash(s);
  cancel(s, &s->ghosts);
}

void flaky_away(struct flaky *s, uint64_t ms) {
  s->away_until_ms = s->time->now_ms + ms;
}

bool flaky_idle(const struct flaky *s) {
  return !s->queue.head && !s->flight.head && !s->compactions.head && !s->reads.head && !s->early.head;
}
