/* SPDX-License-Identifier: MIT */
/* The calls of the port: they start nothing but plans. */
#include <string.h>

#include "base/limits.h"
#include "flaky.h"

enum { COMPACT_LATE_MS = 400 };

static struct flaky *flaky_of(const struct store *s) {
  return (struct flaky *)(uintptr_t)s;
}

static struct op *op_new(struct flaky *s, enum op_kind kind, const char *room, void *ctx) {
  struct op *op = must_alloc(calloc(1, sizeof *op));
  *op = (struct op){.kind = kind, .ctx = ctx, .number = ++s->calls};
  if (room) strncpy(op->room, room, sizeof op->room - 1);
  return op;
}

static int create_room(struct store *store, const struct store_room *room, const uint8_t *update, size_t len,
                       store_done_fn done, void *ctx) {
  struct flaky *s = flaky_of(store);
  if (s->dead) return ERR_CANCELLED;
  struct op *op = op_new(s, OP_CREATE, room->id, ctx);
  op->info.id = op->room;
  op->info.created_at = room->created_at;
  op->payload = must_alloc(blob_create(update, len));
  op->done = done;
  op_list_push(&s->queue, op);
  flaky_kick(s, 0);
  return 0;
}

static void tell_early(void *ctx) {
  struct flaky *s = ctx;
  struct op *op = s->dead ? NULL : op_list_pop(&s->early);
  if (op) flaky_finish(s, op, 0);
}

/* The caller is told at once, by an append that stays off the disk; the real one tells nobody. */
static void append_early(struct flaky *s, struct op *real) {
  struct op *lie = op_new(s, OP_FLUSH, real->room, real->ctx);
  lie->appended = real->appended;
  real->appended = NULL;
  op_list_push(&s->early, lie);
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
  struct op *op = op_new(s, OP_APPEND, room_id, ctx);
  op->payload = stored_form(s, payload);
  op->appended = done;
  s->backlog_bytes += op->payload->len;
  if (s->sabotage == SABOTAGE_ACK_EARLY) append_early(s, op);
  op_list_push(&s->queue, op);
  flaky_kick(s, 0);
  return 0;
}

static const uint64_t *copy_seqs(const uint64_t *seqs, size_t count) {
  uint64_t *copy = must_alloc(calloc(count + 1, sizeof *copy));
  if (count) memcpy(copy, seqs, count * sizeof *copy);
  return copy;
}

static int compact(struct store *store, const char *room_id, const struct store_parts *parts, struct blob *snapshot,
                   store_append_fn done, void *ctx) {
  struct flaky *s = flaky_of(store);
  if (s->dead) return ERR_CANCELLED;
  struct op *op = op_new(s, OP_COMPACT, room_id, ctx);
  op->payload = blob_ref(snapshot);
  op->parts = *parts;
  op->parts.rows = copy_seqs(parts->rows, parts->row_count);
  op->parts.snapshots = copy_seqs(parts->snapshots, parts->snapshot_count);
  op->appended = done;
  bool overtaken = dice_hits(s->dice, s->odds.compact_overtaken);
  if (overtaken) report_fault(s->report, FAULT_COMPACT_OVERTAKEN);
  op->due_ms = s->time->now_ms + (overtaken ? COMPACT_LATE_MS : 2);
  if (!s->compactions.head) timeline_plan(s->time, 1, flaky_on_compact, s);
  op_list_push(&s->compactions, op);
  return 0;
}

static int read_later(struct flaky *s, struct op *op) {
  bool polled = s->reads.head;
  op->due_ms = s->time->now_ms +
               (dice_hits(s->dice, s->odds.slow) ? dice_between(s->dice, 100, 3000) : dice_between(s->dice, 1, 30));
  op_list_push(&s->reads, op);
  if (!polled) timeline_plan(s->time, 1, flaky_on_reads, s);
  return 0;
}

static int load(struct store *store, const char *room_id, store_load_fn done, void *ctx) {
  struct flaky *s = flaky_of(store);
  if (s->dead) return ERR_CANCELLED;
  struct op *op = op_new(s, OP_LOAD, room_id, ctx);
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

static int thin(struct store *store, const char *room_id, const struct store_thin *what, store_done_fn done,
                void *ctx) {
  (void)store, (void)room_id, (void)what, (void)done, (void)ctx;
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
  struct op *op = op_new(s, OP_UPDATE, room_id, ctx);
  op->done = done;
  op_list_push(&s->queue, op);
  flaky_kick(s, 0);
  return 0;
}

static int delete_room(struct store *store, const char *room_id, store_done_fn done, void *ctx) {
  (void)store, (void)room_id, (void)done, (void)ctx;
  return ERR_UNAVAILABLE;
}

static int flush(struct store *store, store_done_fn done, void *ctx) {
  struct flaky *s = flaky_of(store);
  if (s->dead) return ERR_CANCELLED;
  struct op *op = op_new(s, OP_FLUSH, NULL, ctx);
  op->done = done;
  op->after = op->number - 1;
  return read_later(s, op);
}

static void status(const struct store *store, struct store_status *out) {
  const struct flaky *s = flaky_of(store);
  *out = (struct store_status){
      .up = s->time->now_ms >= s->away_until_ms, .backlog_bytes = s->backlog_bytes, .kind = "simulated"};
}

static void destroy(struct store *store) {
  flaky_crash(flaky_of(store));
}

const struct store_ops flaky_ops = {.create_room = create_room,
                                    .load = load,
                                    .append = append,
                                    .compact = compact,
                                    .history = history,
                                    .thin = thin,
                                    .list = list,
                                    .update_room = update_room,
                                    .delete_room = delete_room,
                                    .ping = flush,
                                    .flush = flush,
                                    .status = status,
                                    .destroy = destroy};
