/* SPDX-License-Identifier: MIT */
/*
 * What of a room is on disk. Every accepted update gets a slot; completions
 * come in the order of the slots, so one number says what is saved.
 *
 * When the store does not take an update (out of memory on the way there), the
 * slots from there on stay unacknowledged until the whole state was appended as
 * one update in their place.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/plural.h"
#include "room/state.h"
#include "wire/yproto.h"

struct append_call {
  struct room *room;
  uint64_t slot;
};

static uint64_t acknowledged(const struct journal *j) {
  return j->failed && j->failed <= j->done ? j->failed - 1 : j->done;
}

int seqs_add(struct seqs *seqs, uint64_t seq) {
  if (seqs->count == seqs->cap) {
    size_t cap = seqs->cap ? seqs->cap * 2 : 4;
    uint64_t *items = realloc(seqs->items, cap * sizeof *items);
    if (!items) return ERR_NOMEM;
    seqs->items = items;
    seqs->cap = cap;
  }
  seqs->items[seqs->count++] = seq;
  return 0;
}

static void answer(struct room *room, const struct journal_waiter *w, int err) {
  if (!w->member) {
    w->fn(w->ctx, err);
    return;
  }
  if (err) return;
  struct buf message = BUF_INIT;
  if (yproto_append_saved(&message, w->token) == 0)
    member_send(w->member, WS_BINARY, message.data, message.len);
  else /* it would wait for ever */
    member_close(w->member, WS_CLOSE_INTERNAL, err_text(ERR_NOMEM));
  room_mark_dirty(room);
  buf_deinit(&message);
}

/* Answer everyone whose target is reached. Callbacks may call into the room again. */
static void settle(struct room *room) {
  struct journal *j = &room->journal;
  while (j->waiter_count > 0 && j->waiters[0].target <= acknowledged(j)) {
    struct journal_waiter w = j->waiters[0];
    j->waiter_count--;
    memmove(j->waiters, j->waiters + 1, j->waiter_count * sizeof w);
    answer(room, &w, 0);
  }
}

static void on_append_done(void *ctx, int err, uint64_t seq) {
  struct append_call *call = ctx;
  struct room *room = call->room;
  struct journal *j = &room->journal;
  uint64_t slot = call->slot;
  free(call);
  j->outstanding--;
  if (err == 0) {
    if (slot > j->done) j->done = slot;
    if (seqs_add(&j->rows, seq)) log_warn(LOG_ROOM(room->id), "out of memory: one row is left out of compaction");
    if (j->heal && slot == j->heal) j->failed = j->heal = 0;
    settle(room);
  } else if (err == ERR_NOT_FOUND) {
    room->state = ROOM_DELETED;
    room_close_members(room, ROOM_CLOSE_DELETED, "this room was deleted");
    journal_cancel(room, ERR_NOT_FOUND);
  } else if (err != ERR_CANCELLED) {
    log_error(LOG_ROOM(room->id), "an update was not stored: %s; the whole state will be stored in its place",
              err_text(err));
    if (!j->failed || slot < j->failed) j->failed = slot;
    if (slot >= j->heal) j->heal = 0; /* a state taken before this one does not hold it */
  }
}

static int append_slot(struct room *room, uint64_t slot, const char *author, uint64_t at, const uint8_t *update,
                       size_t len) {
  struct append_call *call = malloc(sizeof *call);
  struct blob *payload = blob_create(update, len);
  int err = call && payload ? 0 : ERR_NOMEM;
  if (!err) {
    *call = (struct append_call){.room = room, .slot = slot};
    struct store *store = room->registry->store;
    err = store->ops->append(store, room->id, author, at, payload, on_append_done, call);
  }
  if (err)
    free(call);
  else
    room->journal.outstanding++;
  blob_unref(payload);
  return err;
}

void journal_append(struct room *room, const char *author, uint64_t at, const uint8_t *update, size_t len) {
  struct journal *j = &room->journal;
  uint64_t slot = ++j->issued;
  if (room->state == ROOM_DELETED) return;
  if (j->failed && !j->heal) return; /* the whole state will carry this one too */
  int err = append_slot(room, slot, author, at, update, len);
  if (!err) return;
  log_error(LOG_ROOM(room->id),
            "an update was not queued for the store: %s; the whole state will be stored in its place", err_text(err));
  if (!j->failed) j->failed = slot;
  j->heal = 0; /* a state under way does not hold this one: the next will */
}

void journal_mend(struct room *room) {
  struct journal *j = &room->journal;
  struct buf state = BUF_INIT;
  if (room->state != ROOM_READY || !j->failed || j->heal) return;
  if (document_encode(&room->document, &state) == 0) {
    uint64_t slot = ++j->issued;
    if (append_slot(room, slot, "", room->updated_at, state.data, state.len) == 0) j->heal = slot;
  }
  buf_deinit(&state);
}

int journal_wait(struct room *room, const struct journal_waiter *waiter) {
  struct journal *j = &room->journal;
  if (j->waiter_count == j->waiter_cap) {
    size_t cap = j->waiter_cap ? j->waiter_cap * 2 : 8;
    struct journal_waiter *waiters = realloc(j->waiters, cap * sizeof *waiters);
    if (!waiters) return ERR_NOMEM;
    j->waiters = waiters;
    j->waiter_cap = cap;
  }
  struct journal_waiter *added = &j->waiters[j->waiter_count++];
  *added = *waiter;
  added->target = j->issued;
  room_mark_dirty(room); /* what is saved already is answered at the next flush */
  return 0;
}

void journal_flush(struct room *room) {
  settle(room);
}

void journal_forget_member(struct room *room, const struct member *member) {
  struct journal *j = &room->journal;
  size_t kept = 0;
  for (size_t i = 0; i < j->waiter_count; i++)
    if (j->waiters[i].member != member) j->waiters[kept++] = j->waiters[i];
  j->waiter_count = kept;
}

void journal_cancel(struct room *room, int err) {
  struct journal *j = &room->journal;
  while (j->waiter_count > 0) {
    struct journal_waiter w = j->waiters[--j->waiter_count];
    answer(room, &w, err);
  }
}

void journal_deinit(struct room *room) {
  free(room->journal.rows.items);
  free(room->journal.snapshots.items);
  free(room->journal.waiters);
  room->journal = (struct journal){0};
}

bool journal_idle(const struct room *room) {
  const struct journal *j = &room->journal;
  return j->outstanding == 0 && j->waiter_count == 0 && (!j->failed || room->state == ROOM_DELETED);
}

/* ---- compaction ---- */

/* At most so many rows in one transaction, times compact_rows: what others append meanwhile waits for it. */
#define COMPACT_AT_ONCE 4

static void compact(struct room *room);

static void on_compact_done(void *ctx, int err, uint64_t seq) {
  struct room *room = ctx;
  struct journal *j = &room->journal;
  j->outstanding--;
  j->compacting = false;
  if (err == 0) {
    j->rows.count -= j->compact_count;
    memmove(j->rows.items, j->rows.items + j->compact_count, j->rows.count * sizeof *j->rows.items);
    j->snapshots.count = 0;
    if (seqs_add(&j->snapshots, seq)) log_warn(LOG_ROOM(room->id), "out of memory: a snapshot is kept for longer");
    room->thin_due = true;
    log_debug(LOG_ROOM(room->id), "compacted %zu row%s", j->compact_count, PLURAL_S(j->compact_count));
    if (room->state == ROOM_READY && j->rows.count >= room->registry->limits->compact_rows) compact(room);
  } else if (err != ERR_CANCELLED) {
    log_warn(LOG_ROOM(room->id), "compaction of %zu row%s failed: %s; it is tried again later", j->compact_count,
             PLURAL_S(j->compact_count), err_text(err));
  }
}

static void compact(struct room *room) {
  struct journal *j = &room->journal;
  struct store *store = room->registry->store;
  size_t most = (size_t)room->registry->limits->compact_rows * COMPACT_AT_ONCE;
  size_t count = j->rows.count < most ? j->rows.count : most;
  const struct store_parts parts = {j->snapshots.items, j->snapshots.count, j->rows.items, count};
  struct buf state = BUF_INIT;
  if (document_encode(&room->document, &state) == 0) {
    room->document.estimate_bytes = state.len;
    struct blob *snapshot = blob_create(state.data, state.len);
    if (snapshot && store->ops->compact(store, room->id, &parts, snapshot, on_compact_done, room) == 0) {
      j->compacting = true;
      j->compact_count = count;
      j->outstanding++;
    }
    blob_unref(snapshot);
  }
  buf_deinit(&state);
}

void journal_tick(struct room *room, bool leaving) {
  struct journal *j = &room->journal;
  if (room->state != ROOM_READY) return;
  journal_mend(room);
  uint64_t most = room->registry->limits->compact_rows;
  if (leaving && most > 32) most = 32; /* a room that is put away loads quickly next time */
  if (!j->compacting && j->rows.count >= most) compact(room);
}
