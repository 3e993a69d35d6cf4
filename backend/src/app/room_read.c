/* SPDX-License-Identifier: MIT */
#include "app/room_read.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/plural.h"
#include "room/document_edit.h"

static const char *const table_names[] = {
    [DUMP_SNAPSHOT] = "snapshot", [DUMP_HISTORY] = "row of the history", [DUMP_UPDATE] = "row of the log"};

struct reading {
  struct room_reading *r;
  room_read_fn on_row;
  void *ctx;
  uint64_t *history; /* seqs, ascending */
  size_t history_count, history_cap, history_at;
  uint64_t last[3]; /* seq by table */
};

__attribute__((format(printf, 2, 3))) static int problem(struct room_reading *r, const char *format, ...) {
  char line[256];
  va_list args;
  va_start(args, format);
  vsnprintf(line, sizeof line, format, args);
  va_end(args);
  r->problem_count++;
  return buf_printf(&r->problems, "%s\n", line);
}

/** 0 also for damage, which is told. */
static int apply(struct room_reading *r, struct document *d, const struct dump_row *row, bool *usable) {
  bool changed;
  int err = document_apply(d, row->row.data, row->row.len, &changed);
  if (!err || err == ERR_NOMEM) return err;
  if (*usable)
    err = problem(r, "%s %" PRIu64 " cannot be applied: %s", table_names[row->table], row->row.seq, err_text(err));
  else
    err = 0;
  *usable = false;
  return err;
}

static int remember(struct reading *reading, uint64_t seq) {
  if (reading->history_count == reading->history_cap) {
    size_t cap = reading->history_cap ? reading->history_cap * 2 : 256;
    uint64_t *grown = reallocarray(reading->history, cap, sizeof *grown);
    if (!grown) return ERR_NOMEM;
    reading->history = grown;
    reading->history_cap = cap;
  }
  reading->history[reading->history_count++] = seq;
  return 0;
}

/** A number stands once, be it in the history or in the log. */
static int check_seq(struct reading *reading, const struct dump_row *row) {
  struct room_reading *r = reading->r;
  uint64_t seq = row->row.seq;
  int err = 0;
  if (seq <= reading->last[row->table])
    err = problem(r, "%s %" PRIu64 " stands behind %" PRIu64, table_names[row->table], seq, reading->last[row->table]);
  reading->last[row->table] = seq;
  if (row->table == DUMP_SNAPSHOT) return err;
  if (seq > r->last_seq) r->last_seq = seq;
  if (!err && row->table == DUMP_HISTORY) return remember(reading, seq);
  while (reading->history_at < reading->history_count && reading->history[reading->history_at] < seq)
    reading->history_at++;
  if (!err && reading->history_at < reading->history_count && reading->history[reading->history_at] == seq)
    err = problem(r, "row %" PRIu64 " is in the history and in the log", seq);
  return err;
}

static int on_row(void *ctx, const struct dump_row *row) {
  struct reading *reading = ctx;
  struct room_reading *r = reading->r;
  bool usable = dump_row_sound(r->record.room.id, row);
  r->found[row->table]++;
  int err = check_seq(reading, row);
  if (!err && !usable)
    err = problem(r, "%s %" PRIu64 " is damaged: its checksum does not match", table_names[row->table], row->row.seq);
  bool applies = usable;
  if (!err && applies && row->table != DUMP_HISTORY) err = apply(r, &r->now, row, &usable);
  if (!err && applies && row->table != DUMP_SNAPSHOT) err = apply(r, &r->log, row, &usable);
  if (usable) r->usable[row->table]++;
  if (usable && row->table == DUMP_HISTORY) r->usable_history_bytes += row->row.len;
  return err || !reading->on_row ? err : reading->on_row(reading->ctx, row, usable);
}

static int check_counts(struct room_reading *r) {
  static const char *const names[][2] = {[DUMP_SNAPSHOT] = {"snapshot", ""},
                                         [DUMP_HISTORY] = {"row", " of the history"},
                                         [DUMP_UPDATE] = {"row", " of the log"}};
  const uint64_t wanted[] = {[DUMP_SNAPSHOT] = r->record.snapshot_rows,
                             [DUMP_HISTORY] = r->record.history_rows,
                             [DUMP_UPDATE] = r->record.update_rows};
  int err = 0;
  for (size_t i = 0; i < 3 && !err; i++) {
    uint64_t missing = r->found[i] < wanted[i] ? wanted[i] - r->found[i] : 0;
    if (missing)
      err = problem(r, "%" PRIu64 " of %" PRIu64 " %s%s%s %s missing (the last row there is %" PRIu64 ")", missing,
                    wanted[i], names[i][0], PLURAL_S(wanted[i]), names[i][1], PLURAL_IS(missing), r->last_seq);
  }
  return err;
}

static int check_document(struct room_reading *r) {
  yata_stats stats;
  int err = 0;
  if (yata_doc_check(r->now.doc) != 0) err = problem(r, "the document breaks its own rules");
  yata_doc_stats(r->now.doc, &stats);
  if (!err && stats.pending_bytes)
    err = buf_printf(&r->notes, "%zu byte%s of updates wait for others that never came\n", stats.pending_bytes,
                     PLURAL_S(stats.pending_bytes));
  return err;
}

/** The history must tell all that the document has. */
static int check_history(struct room_reading *r) {
  yata_snapshot now = YATA_SNAPSHOT_INIT, log = YATA_SNAPSHOT_INIT;
  int err = document_err(yata_snapshot_take(&now, r->now.doc));
  if (!err) err = document_err(yata_snapshot_take(&log, r->log.doc));
  if (!err && !yata_snapshot_equal(&now, &log))
    err = problem(r, "history and log tell another document than the snapshot");
  yata_snapshot_deinit(&log);
  yata_snapshot_deinit(&now);
  return err;
}

int room_read(struct dump_reader *reader, const struct dump_room *record, const struct limits *limits, room_read_fn fn,
              void *ctx, struct room_reading *out) {
  struct reading reading = {.r = out, .on_row = fn, .ctx = ctx};
  struct buf failure = BUF_INIT;
  *out = (struct room_reading){.record = *record};
  int err = document_create(limits, &out->now);
  if (!err) err = document_create(limits, &out->log);
  if (err) return err;
  document_set_limits(&out->now, NULL);
  document_set_limits(&out->log, NULL);
  err = reader->ops->rows(reader, record->room.id, on_row, &reading, &failure);
  free(reading.history);
  if (err && failure.len) err = problem(out, "%.*s", (int)failure.len - 1, (const char *)failure.data);
  buf_deinit(&failure);
  if (!err) err = check_counts(out);
  if (!err) err = check_document(out);
  if (!err && !out->problem_count) err = check_history(out);
  return err;
}

void room_reading_deinit(struct room_reading *r) {
  document_deinit(&r->log);
  document_deinit(&r->now);
  buf_deinit(&r->problems);
  buf_deinit(&r->notes);
}

int room_read_merge(struct room_reading *r) {
  struct buf state = BUF_INIT;
  bool changed;
  int err = document_encode(&r->now, &state);
  if (!err) err = document_apply(&r->log, state.data, state.len, &changed);
  buf_deinit(&state);
  return err;
}
