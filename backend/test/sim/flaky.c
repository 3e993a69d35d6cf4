/* SPDX-License-Identifier: MIT */
#include "flaky.h"

#include <string.h>

#include "base/limits.h"

enum { COMPACT_LATE_MS = 400, BATCH_MAX = 64 };

enum op_kind { OP_CREATE, OP_APPEND, OP_COMPACT, OP_UPDATE, OP_LOAD, OP_FLUSH };

struct flaky_op {
  struct flaky_op *next;
  enum op_kind kind;
  char room[STORE_ROOM_ID_MAX + 1];
  struct store_room info;
  struct blob *payload;
  uint64_t *seqs;
  size_t count;
  store_done_fn done;
  store_append_fn appended;
  store_load_fn loaded;
  void *ctx;
  uint64_t number;   /* of the call */
  uint64_t after;    /* reads: the write that must have come before, 0: none */
  uint64_t due_ms;   /* not done before */
  uint64_t limit_ms; /* answered ERR_UNAVAILABLE from here on, 0: never */
  bool answered;
  int err;      /* of the write, once it was tried */
  uint64_t seq; /* of the row */
};

static struct flaky *flaky_of(const struct store *s) {
  return (struct flaky *)(uintptr_t)s;
}

const char *sabotage_name(enum sabotage sabotage) {
  static const char *const names[SABOTAGE_KINDS] = {"none", "ack-early", "drop-deletion", "compact-range",
                                                    "empty-load"};
  return names[sabotage];
}

/* ---- lists ---- */

static void list_init(struct flaky_list *list) {
  list->head = NULL;
  list->tail = &list->head;
}

static void list_push(struct flaky_list *list, struct flaky_op *op) {
  op->next = NULL;
  *list->tail = op;
  list->tail = &op->next;
}

static struct flaky_op *list_pop(struct flaky_list *list) {
  struct flaky_op *op = list->head;
  if (!op) return NULL;
  list->head = op->next;
  if (!list->head) list->tail = &list->head;
  return op;
}

static void list_remove(struct flaky_list *list, struct flaky_op *op) {
  struct flaky_op **at = &list->head;
  while (*at != op) at = &(*at)->next;
  *at = op->next;
  if (list->tail == &op->next) list->tail = at;
}

/** Everything of @from before everything of @list. */
static void list_prepend(struct flaky_list *list, struct flaky_list *from) {
  if (!from->head) return;
  *from->tail = list->head;
  if (!list->head) list->tail = from->tail;
  list->head = from->head;
  list_init(from);
}

/* ---- answers ---- */

static void answer(struct flaky_op *op, int err) {
  if (op->answered) return;
  op->answered = true;
  if (op->appended)
    op->appended(op->ctx, err, op->seq);
  else if (op->loaded)
    op->loaded(op->ctx, err, NULL);
  else if (op->done)
    op->done(op->ctx, err);
}

static void op_free(struct flaky *s, struct flaky_op *op) {
  if (op->kind == OP_APPEND) s->backlog_bytes -= op->payload->len;
  blob_unref(op->payload);
  free(op->seqs);
  free(op);
}

static void finish(struct flaky *s, struct flaky_op *op, int err) {
  answer(op, err);
  op_free(s, op);
}

/* ---- the commit ---- */

static void start(void *ctx);
static void commit(void *ctx);

static void kick(struct flaky *s, uint64_t delay_ms) {
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
    struct flaky_op *op = list_pop(&s->queue);
    if (op->answered)
      op_free(s, op);
    else
      list_push(&s->flight, op);
  }
  if (s->flight.head) timeline_plan(s->time, commit_ms(s), commit, s);
}

static void write_append(struct flaky *s, struct flaky_op *op, struct disk_room *room) {
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

static void write_one(struct flaky *s, struct flaky_op *op) {
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
  for (struct flaky_op *op = s->flight.head; op; op = op->next) write_one(s, op);
}

static void deliver(void *ctx) {
  struct flaky *s = ctx;
  if (s->dead) return;
  struct flaky_list done = s->flight;
  if (!s->flight.head) return;
  list_init(&s->flight);
  s->committed = false;
  while (done.head) {
    struct flaky_op *op = done.head;
    done.head = op->next;
    finish(s, op, op->err);
  }
  kick(s, 0);
}

static void commit(void *ctx) {
  struct flaky *s = ctx;
  if (s->dead) return;
  bool unknown = dice_hits(s->dice, s->odds.commit_unknown);
  if (is_away(s) || unknown || dice_hits(s->dice, s->odds.commit_fails)) {
    if (unknown && !is_away(s)) write_flight(s);
    report_fault(s->report, is_away(s) ? FAULT_STORE_AWAY : unknown ? FAULT_COMMIT_UNKNOWN : FAULT_COMMIT_FAILED);
    list_prepend(&s->queue, &s->flight);
    kick(s, is_away(s) ? s->away_until_ms - s->time->now_ms : dice_between(s->dice, 20, 500));
    return;
  }
  write_flight(s);
  s->committed = true;
  bool late = dice_hits(s->dice, s->odds.answer_late);
  if (late) report_fault(s->report, FAULT_ANSWER_LATE);
  timeline_plan(s->time, late ? dice_between(s->dice, 50, 1000) : 0, deliver, s);
}

/* ---- compaction ---- */

static void compact_now(struct flaky *s, struct flaky_op *op, struct disk_room *room) {
  if (s->sabotage == SABOTAGE_COMPACT_RANGE) {
    op->seqs = must_alloc(realloc(op->seqs, (room->row_count + 1) * sizeof *op->seqs));
    op->count = room->row_count;
    for (size_t i = 0; i < room->row_count; i++) op->seqs[i] = room->rows[i].seq;
  }
  size_t before = room->row_count;
  disk_compact(room, op->seqs, op->count, op->payload);
  s->report->compactions++;
  report_trace(s->report, "store: compacted %zu rows, %zu left", before - room->row_count, room->row_count);
}

/* Compactions stay in their order; whether it may run is looked at again and again until it could. */
static void on_compact(void *ctx) {
  struct flaky *s = ctx;
  if (s->dead) return;
  struct flaky_op *op = s->compactions.head;
  if (!op) return;
  if (is_away(s) || s->time->now_ms < op->due_ms) {
    timeline_plan(s->time, is_away(s) ? 50 : op->due_ms - s->time->now_ms, on_compact, s);
    return;
  }
  list_pop(&s->compactions);
  struct disk_room *room = disk_find(s->disk, op->room);
  bool fails = dice_hits(s->dice, s->odds.compact_fails), mistaken = dice_hits(s->dice, s->odds.compact_mistaken);
  if (room && !fails) compact_now(s, op, room);
  if (fails || mistaken) report_fault(s->report, fails ? FAULT_COMPACT_FAILED : FAULT_COMPACT_MISTAKEN);
  finish(s, op, !room ? ERR_NOT_FOUND : fails || mistaken ? ERR_UNAVAILABLE : 0);
  if (s->compactions.head) timeline_plan(s->time, 1, on_compact, s);
}

/* ---- reads ---- */

/* What is committed is there for a load; a flush comes after the answers, too. */
static uint64_t oldest_write(const struct flaky *s, bool answered) {
  if (s->flight.head && (answered || !s->committed)) return s->flight.head->number;
  return s->queue.head ? s->queue.head->number : UINT64_MAX;
}

static void serve(struct flaky_op *op, const struct disk_room *room, const struct blob *snapshot,
                  struct store_row *rows, size_t count) {
  struct store_loaded loaded = {.room = room->info, .rows = rows, .row_count = count};
  if (snapshot) {
    loaded.snapshot = snapshot->data;
    loaded.snapshot_len = snapshot->len;
  }
  op->answered = true;
  op->loaded(op->ctx, 0, &loaded);
}

static void load_now(struct flaky *s, struct flaky_op *op) {
  const struct disk_room *room = disk_find(s->disk, op->room);
  if (!room) {
    answer(op, ERR_NOT_FOUND);
    return;
  }
  struct store_row *rows = must_alloc(calloc(room->row_count + 1, sizeof *rows));
  for (size_t i = 0; i < room->row_count; i++)
    rows[i] = (struct store_row){room->rows[i].seq, 1, "", room->rows[i].data->data, room->rows[i].data->len};
  if (dice_hits(s->dice, s->odds.load_fails)) {
    static const int errors[] = {ERR_UNAVAILABLE, ERR_IO, ERR_CORRUPT, ERR_NOMEM};
    report_fault(s->report, FAULT_LOAD_FAILED);
    if (s->sabotage == SABOTAGE_EMPTY_LOAD)
      serve(op, room, NULL, NULL, 0);
    else
      answer(op, errors[dice_below(s->dice, 4)]);
  } else if (room->row_count > 0 && dice_hits(s->dice, s->odds.load_damaged)) {
    report_fault(s->report, FAULT_LOAD_DAMAGED);
    rows[dice_below(s->dice, (uint32_t)room->row_count)].len--; /* cut short, it is malformed */
    serve(op, room, room->snapshot, rows, room->row_count);
  } else {
    s->report->loads++;
    serve(op, room, room->snapshot, rows, room->row_count);
  }
  free(rows);
}

static void on_reads(void *ctx) {
  struct flaky *s = ctx;
  if (s->dead) return;
  for (struct flaky_op *op = s->reads.head, *next; op; op = next) {
    next = op->next;
    uint64_t now_ms = s->time->now_ms;
    bool late = op->limit_ms && now_ms >= op->limit_ms;
    bool ready = !is_away(s) && now_ms >= op->due_ms && op->after < oldest_write(s, op->kind == OP_FLUSH);
    if (!late && !ready) continue;
    list_remove(&s->reads, op);
    if (late) {
      report_fault(s->report, FAULT_READ_LATE);
      answer(op, ERR_UNAVAILABLE);
    } else if (op->kind == OP_LOAD) {
      load_now(s, op);
    }
    finish(s, op, 0);
    next = s->reads.head; /* the callback may have asked for more, or ended others */
  }
  if (s->reads.head) timeline_plan(s->time, 5, on_reads, s);
}

/* ---- the port ---- */

static struct flaky_op *op_new(struct flaky *s, enum op_kind kind, const char *room, void *ctx) {
  struct flaky_op *op = must_alloc(calloc(1, sizeof *op));
  *op = (struct flaky_op){.kind = kind, .ctx = ctx, .number = ++s->calls};
  if (room) strncpy(op->room, room, sizeof op->room - 1);
  return op;
}

static int create_room(struct store *store, const struct store_room *room, const uint8_t *update, size_t len,
                       store_done_fn done, void *ctx) {
  struct flaky *s = flaky_of(store);
  if (s->dead) return ERR_CANCELLED;
  struct flaky_op *op = op_new(s, OP_CREATE, room->id, ctx);
  op->info.id = op->room;
  op->info.created_at = room->created_at;
  op->payload = must_alloc(blob_create(update, len));
  op->done = done;
  list_push(&s->queue, op);
  kick(s, 0);
  return 0;
}

static void tell_early(void *ctx) {
  struct flaky *s = ctx;
  struct flaky_op *op = s->dead ? NULL : list_pop(&s->early);
  if (op) finish(s, op, 0);
}

/* The caller is told at once, by an append that stays off the disk; the real one tells nobody. */
static void append_early(struct flaky *s, struct flaky_op *real) {
  struct flaky_op *lie = op_new(s, OP_FLUSH, real->room, real->ctx);
  lie->appended = real->appended;
  real->appended = NULL;
  list_push(&s->early, lie);
  timeline_plan(s->time, 0, tell_early, s);
}

static struct blob *stored_form(struct flaky *s, struct blob *payload) {
  static const uint8_t nothing[] = {0, 0};
  bool drops = s->sabotage == SABOTAGE_DROP_DELETION && !*s->sabotaged && payload->data[0] == 0;
  if (!drops) return blob_ref(payload);
  *s->sabotaged = true;
  return must_alloc(blob_create(nothing, sizeof nothing));
}

static int append(struct store *store, const char *room_id, const char *author, uint64_t at, struct blob *payload,
                  store_append_fn done, void *ctx) {
  struct flaky *s = flaky_of(store);
  (void)author, (void)at;
  if (s->dead) return ERR_CANCELLED;
  if (s->backlog_bytes + payload->len > s->limits->store_backlog_max_bytes) return ERR_FULL;
  if (dice_hits(s->dice, s->odds.append_refused)) {
    report_fault(s->report, FAULT_APPEND_REFUSED);
    return ERR_NOMEM;
  }
  struct flaky_op *op = op_new(s, OP_APPEND, room_id, ctx);
  op->payload = stored_form(s, payload);
  op->appended = done;
  s->backlog_bytes += op->payload->len;
  if (s->sabotage == SABOTAGE_ACK_EARLY) append_early(s, op);
  list_push(&s->queue, op);
  kick(s, 0);
  return 0;
}

static int compact(struct store *store, const char *room_id, const uint64_t *seqs, size_t count, struct blob *snapshot,
                   store_done_fn done, void *ctx) {
  struct flaky *s = flaky_of(store);
  if (s->dead) return ERR_CANCELLED;
  struct flaky_op *op = op_new(s, OP_COMPACT, room_id, ctx);
  op->payload = blob_ref(snapshot);
  op->seqs = must_alloc(calloc(count + 1, sizeof *seqs));
  memcpy(op->seqs, seqs, count * sizeof *seqs);
  op->count = count;
  op->done = done;
  bool overtaken = dice_hits(s->dice, s->odds.compact_overtaken);
  if (overtaken) report_fault(s->report, FAULT_COMPACT_OVERTAKEN);
  op->due_ms = s->time->now_ms + (overtaken ? COMPACT_LATE_MS : 2);
  if (!s->compactions.head) timeline_plan(s->time, 1, on_compact, s);
  list_push(&s->compactions, op);
  return 0;
}

static int read_later(struct flaky *s, struct flaky_op *op) {
  bool polled = s->reads.head;
  op->due_ms = s->time->now_ms +
               (dice_hits(s->dice, s->odds.slow) ? dice_between(s->dice, 100, 3000) : dice_between(s->dice, 1, 30));
  list_push(&s->reads, op);
  if (!polled) timeline_plan(s->time, 1, on_reads, s);
  return 0;
}

static int load(struct store *store, const char *room_id, store_load_fn done, void *ctx) {
  struct flaky *s = flaky_of(store);
  if (s->dead) return ERR_CANCELLED;
  struct flaky_op *op = op_new(s, OP_LOAD, room_id, ctx);
  op->loaded = done;
  op->after = op->number - 1;
  op->limit_ms = s->time->now_ms + s->limits->store_timeout_ms;
  return read_later(s, op);
}

static int history(struct store *store, const char *room_id, const struct store_span *span, store_load_fn done,
                   void *ctx) {
  (void)store, (void)room_id, (void)span, (void)done, (void)ctx;
  return ERR_UNAVAILABLE;
}

static int list(struct store *store, const char *mail, size_t max, store_list_fn done, void *ctx) {
  (void)store, (void)mail, (void)max, (void)done, (void)ctx;
  return ERR_UNAVAILABLE;
}

static int update_room(struct store *store, const char *room_id, const char *name, const char *language, uint64_t at,
                       store_done_fn done, void *ctx) {
  struct flaky *s = flaky_of(store);
  (void)name, (void)language, (void)at;
  if (s->dead) return ERR_CANCELLED;
  struct flaky_op *op = op_new(s, OP_UPDATE, room_id, ctx);
  op->done = done;
  list_push(&s->queue, op);
  kick(s, 0);
  return 0;
}

static int delete_room(struct store *store, const char *room_id, store_done_fn done, void *ctx) {
  (void)store, (void)room_id, (void)done, (void)ctx;
  return ERR_UNAVAILABLE;
}

static int flush(struct store *store, store_done_fn done, void *ctx) {
  struct flaky *s = flaky_of(store);
  if (s->dead) return ERR_CANCELLED;
  struct flaky_op *op = op_new(s, OP_FLUSH, NULL, ctx);
  op->done = done;
  op->after = op->number - 1;
  return read_later(s, op);
}

static void status(const struct store *store, struct store_status *out) {
  const struct flaky *s = flaky_of(store);
  *out = (struct store_status){.up = !is_away(s), .backlog_bytes = s->backlog_bytes, .kind = "simulated"};
}

static void destroy(struct store *store) {
  flaky_crash(flaky_of(store));
}

static const struct store_ops ops = {.create_room = create_room,
                                     .load = load,
                                     .append = append,
                                     .compact = compact,
                                     .history = history,
                                     .list = list,
                                     .update_room = update_room,
                                     .delete_room = delete_room,
                                     .ping = flush,
                                     .flush = flush,
                                     .status = status,
                                     .destroy = destroy};

/* ---- its life ---- */

void flaky_init(struct flaky *s, struct disk *disk, struct timeline *time, struct report *report, struct dice *dice,
                const struct flaky_odds *odds, const struct limits *limits) {
  *s = (struct flaky){
      .store.ops = &ops, .disk = disk, .time = time, .report = report, .dice = dice, .odds = *odds, .limits = limits};
  struct flaky_list *lists[] = {&s->queue, &s->flight, &s->compactions, &s->reads, &s->early};
  for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) list_init(lists[i]);
}

static bool has_append(const struct flaky_list *list) {
  for (const struct flaky_op *op = list->head; op; op = op->next)
    if (op->kind == OP_APPEND) return true;
  return false;
}

static void cancel(struct flaky *s, struct flaky_list *list) {
  for (struct flaky_op *op; (op = list_pop(list));) {
    op->seq = 0;
    finish(s, op, ERR_CANCELLED);
  }
}

void flaky_crash(struct flaky *s) {
  if (s->dead) return;
  if (!s->committed && s->flight.head && !is_away(s) && dice_hits(s->dice, 500)) {
    write_flight(s);
    s->committed = true;
  }
  if (s->committed && has_append(&s->flight)) report_fault(s->report, FAULT_CRASH_UNTOLD);
  if (has_append(&s->queue) || (!s->committed && has_append(&s->flight))) report_fault(s->report, FAULT_CRASH_LOST);
  for (const struct flaky_op *op = s->reads.head; op; op = op->next)
    if (op->kind == OP_LOAD) report_fault(s->report, FAULT_CRASH_LOADING);
  s->dead = true;
  struct flaky_list *lists[] = {&s->flight, &s->queue, &s->compactions, &s->reads, &s->early};
  for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) cancel(s, lists[i]);
}

void flaky_away(struct flaky *s, uint64_t ms) {
  s->away_until_ms = s->time->now_ms + ms;
}

bool flaky_idle(const struct flaky *s) {
  return !s->queue.head && !s->flight.head && !s->compactions.head && !s->reads.head && !s->early.head;
}
