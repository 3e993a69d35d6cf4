/* SPDX-License-Identifier: MIT */
/*
 * Retention. Where a room's history has grown larger than history_keep_bytes,
 * old neighbouring rows of one author are put together: one row that says what
 * they said, in the place of the last of them, so that a replay up to any row
 * that is left gives what it gave before. Nothing is dropped, and room_updates
 * is not touched.
 *
 * One room at a time, a small piece at a time: read some rows, merge them here,
 * write them back among everybody's commits.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <yata.h>

#include "base/log.h"
#include "room/state.h"

#define PIECE_ROWS 256
#define PIECE_BYTES (256u << 10) /* merging so much takes the loop about a millisecond */
#define ROW_BYTES 128            /* what a row costs beside its update */
#define WINDOW_GROWTH 10
#define WINDOW_MAX_MS UINT64_C(86400000)
#define GROWTH_BEFORE_RETRY 4 /* a history that cannot be made smaller is tried again once it grew by a quarter */
#define PAUSE_MIN_TICKS 4     /* after an attempt that ran out of memory; twice as long after the next */
#define PAUSE_MAX_TICKS 256

struct thin {
  struct room *room;
  uint64_t now_ms; /* unix */
  uint64_t window_ms;
  uint64_t after;     /* rows up to here were looked at in this round */
  uint64_t bytes;     /* the history's size, as of the last reading */
  size_t outstanding; /* store calls */
  uint64_t merged;    /* rows put away */
  int err;
};

static void go_on(struct thin *t);

/* Each attempt reads the history anew and is in the way of other rooms. */
static void pause_longer(struct room *room) {
  room->thin_pause = room->thin_pause ? room->thin_pause * 2 : PAUSE_MIN_TICKS;
  if (room->thin_pause > PAUSE_MAX_TICKS) room->thin_pause = PAUSE_MAX_TICKS;
  room->thin_wait = room->thin_pause;
}

static void end(struct thin *t) {
  struct room *room = t->room;
  room->registry->thin = NULL;
  room->journal.outstanding--;
  if (t->err == ERR_NOMEM) {
    room->thin_due = true;
    pause_longer(room);
  } else {
    room->thin_floor = t->bytes;
    room->thin_pause = 0;
  }
  if (t->err && t->err != ERR_CANCELLED && t->err != ERR_NOT_FOUND)
    log_warn(LOG_ROOM(room->id), "old history could not be put together: %s", err_text(t->err));
  if (t->merged) log_info(LOG_ROOM(room->id), "put %" PRIu64 " old rows of the history together", t->merged);
  free(t);
}

/* ---- one group of rows ---- */

static void on_thinned(void *ctx, int err) {
  struct thin *t = ctx;
  if (err && err != ERR_NOT_FOUND && !t->err) t->err = err; /* not found: another server was quicker */
  if (--t->outstanding == 0) go_on(t);
}

static int merge(const struct store_row *rows, size_t count, struct blob **out) {
  yata_buf merged = YATA_BUF_INIT;
  yata_slice *slices = calloc(count, sizeof *slices);
  if (!slices) return ERR_NOMEM;
  for (size_t i = 0; i < count; i++) slices[i] = (yata_slice){rows[i].data, rows[i].len};
  int merging = yata_merge_updates(slices, count, &merged);
  int err = merging == YATA_ERR_NOMEM ? ERR_NOMEM : merging ? ERR_CORRUPT : 0;
  free(slices);
  if (!err && !(*out = blob_create(merged.data, merged.len))) err = ERR_NOMEM;
  yata_buf_deinit(&merged);
  return err;
}

static int put_together(struct thin *t, const struct store_row *rows, size_t count) {
  struct store *store = t->room->registry->store;
  struct blob *payload = NULL;
  uint64_t seqs[PIECE_ROWS];
  const struct store_row *last = &rows[count - 1];
  struct store_thin what = {.seqs = seqs, .count = count, .author = last->author, .from = rows[0].from, .at = last->at};
  for (size_t i = 0; i < count; i++) {
    seqs[i] = rows[i].seq;
    what.updates += rows[i].updates;
  }
  int err = merge(rows, count, &payload);
  what.payload = payload;
  if (!err) err = store->ops->thin(store, t->room->id, &what, on_thinned, t);
  if (!err) t->outstanding++;
  if (!err) t->merged += count - 1;
  blob_unref(payload);
  return err;
}

/** How many of the rows, from the first, go into one. */
static size_t group(const struct thin *t, const struct store_row *rows, size_t count) {
  uint64_t keep_ms = t->room->registry->limits->history_keep_ms;
  size_t n = 0;
  while (n < count && rows[n].moved && strcmp(rows[n].author, rows[0].author) == 0 &&
         rows[n].at + keep_ms <= t->now_ms && rows[n].at <= rows[0].from + t->window_ms)
    n++;
  return n;
}

/* ---- rounds ---- */

static uint64_t size_of(const struct store_loaded *loaded) {
  return loaded->history_bytes + loaded->history_rows * ROW_BYTES;
}

/** False when this was the last round: the window cannot grow. */
static bool next_round(struct thin *t) {
  if (t->window_ms >= WINDOW_MAX_MS) return false;
  t->window_ms *= WINDOW_GROWTH;
  if (t->window_ms > WINDOW_MAX_MS) t->window_ms = WINDOW_MAX_MS;
  t->after = 0;
  return true;
}

static void on_rows(void *ctx, int err, const struct store_loaded *loaded) {
  struct thin *t = ctx;
  const struct limits *limits = t->room->registry->limits;
  if (err) t->err = err;
  if (!err) t->bytes = size_of(loaded);
  if (err || t->bytes <= limits->history_keep_bytes) {
    end(t);
    return;
  }
  const struct store_row *rows = loaded->rows;
  size_t count = loaded->row_count;
  bool round_over = count == 0 || rows[count - 1].at + limits->history_keep_ms > t->now_ms;
  for (size_t i = 0; i < count && !t->err;) {
    size_t n = group(t, rows + i, count - i);
    if (n > 1) t->err = put_together(t, rows + i, n);
    i += n ? n : 1;
  }
  if (count) t->after = rows[count - 1].seq;
  if (round_over && !next_round(t)) t->window_ms = 0; /* over once what is on its way came back */
  if (t->outstanding == 0) go_on(t);
}

static void go_on(struct thin *t) {
  struct registry *registry = t->room->registry;
  const struct store_span span = {.after = t->after, .max_rows = PIECE_ROWS, .max_bytes = PIECE_BYTES};
  if (!t->err && t->room->state == ROOM_DELETED) t->err = ERR_NOT_FOUND;
  if (!t->err && registry->stopping) t->err = ERR_CANCELLED;
  if (!t->err && t->window_ms) t->err = registry->store->ops->history(registry->store, t->room->id, &span, on_rows, t);
  if (t->err || !t->window_ms) end(t);
}

/** One head tells how much there is. */
static void on_size(void *ctx, int err, const struct store_loaded *loaded) {
  struct thin *t = ctx;
  uint64_t keep = t->room->registry->limits->history_keep_bytes;
  uint64_t floor = t->room->thin_floor;
  t->err = err;
  if (!err) t->bytes = size_of(loaded);
  bool due = !err && t->bytes > keep && (floor <= keep || t->bytes > floor + floor / GROWTH_BEFORE_RETRY);
  if (due) {
    go_on(t);
    return;
  }
  if (!err && floor > keep) t->bytes = floor; /* the size that could not be gone below stays */
  end(t);
}

void thin_tick(struct room *room, uint64_t unix_ms) {
  struct registry *registry = room->registry;
  if (room->thin_wait) {
    room->thin_wait--;
    return;
  }
  if (!room->thin_due || registry->thin || registry->stopping || room->state != ROOM_READY) return;
  struct thin *t = calloc(1, sizeof *t);
  if (!t) return; /* another tick comes */
  *t = (struct thin){.room = room, .now_ms = unix_ms, .window_ms = registry->limits->history_merge_ms};
  const struct store_span span = {.heads_only = true, .max_rows = 1};
  if (registry->store->ops->history(registry->store, room->id, &span, on_size, t) != 0) {
    free(t);
    return;
  }
  room->thin_due = false;
  room->journal.outstanding++;
  registry->thin = t;
}
