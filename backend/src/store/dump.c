/* SPDX-License-Identifier: MIT */
#include "store/dump.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "store/rowsum.h"

bool dump_row_sound(const char *room_id, const struct dump_row *row) {
  return row->row.len && (!row->summed || row->crc == rowsum(room_id, &row->row));
}

/* A room's digest runs over every field: numbers as eight bytes, the least significant first, texts with their NUL. */

static void add_number(struct digest *d, uint64_t value) {
  uint8_t bytes[8];
  for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)(value >> (8 * i));
  digest_add(d, bytes, sizeof bytes);
}

static void add_text(struct digest *d, const char *text) {
  digest_add(d, text, strlen(text) + 1);
}

static void add_room(struct digest *d, const struct dump_room *room) {
  const struct store_room *r = &room->room;
  const char *const texts[] = {r->id, r->name, r->language, r->owner_name, r->owner_mail};
  const uint64_t numbers[] = {r->created_at,       r->updated_at,      room->update_rows,
                              room->snapshot_rows, room->history_rows, room->history_bytes};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) add_text(d, texts[i]);
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) add_number(d, numbers[i]);
}

static void add_row(struct digest *d, const struct dump_row *row) {
  const struct store_row *r = &row->row;
  const uint64_t numbers[] = {row->table, r->seq, r->at, r->from, r->updates, row->summed ? row->crc + 1 : 0, r->len};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) add_number(d, numbers[i]);
  add_text(d, r->author);
  digest_add(d, r->data, r->len);
}

struct copying {
  struct dump_copy *copy;
  struct digest *digest;
  const char *room_id;
  uint8_t sum[32];
  uint64_t found[3]; /* rows of the room by their table */
  struct buf *error;
};

static int on_row(void *ctx, const struct dump_row *row) {
  static const char *const names[] = {
      [DUMP_SNAPSHOT] = "snapshot", [DUMP_HISTORY] = "row of the history", [DUMP_UPDATE] = "row of the log"};
  struct copying *c = ctx;
  add_row(c->digest, row);
  c->copy->done.rows++;
  c->found[row->table]++;
  if (row->table != DUMP_SNAPSHOT && (!c->copy->first_seq || row->row.seq < c->copy->first_seq))
    c->copy->first_seq = row->row.seq;
  if (!dump_row_sound(c->room_id, row) && c->copy->damaged++ == 0)
    snprintf(c->copy->first_damaged, sizeof c->copy->first_damaged, "%s %" PRIu64 " of room %s", names[row->table],
             row->row.seq, c->room_id);
  return c->copy->to ? c->copy->to->ops->row(c->copy->to, c->room_id, row, c->error) : 0;
}

static int copy_room(struct copying *c, const struct dump_room *room) {
  struct dump_copy *copy = c->copy;
  uint8_t sum[sizeof c->sum];
  int err = digest_create(&c->digest);
  if (err) return err;
  memset(c->found, 0, sizeof c->found);
  add_room(c->digest, room);
  if (copy->to) err = copy->to->ops->room(copy->to, room, c->error);
  if (!err) err = copy->from->ops->rows(copy->from, c->room_id, on_row, c, c->error);
  if (!err) err = digest_finish(c->digest, sum);
  for (size_t i = 0; i < sizeof sum && !err; i++) c->sum[i] ^= sum[i];
  digest_destroy(c->digest);
  const uint64_t wanted[] = {
      [DUMP_SNAPSHOT] = room->snapshot_rows, [DUMP_HISTORY] = room->history_rows, [DUMP_UPDATE] = room->update_rows};
  for (size_t i = 0; i < 3; i++) copy->missing += wanted[i] > c->found[i] ? wanted[i] - c->found[i] : 0;
  copy->done.rooms++;
  if (!err && copy->on_progress) copy->on_progress(copy->ctx, copy->done.rooms, copy->done.rows);
  return err;
}

int dump_copy(struct dump_copy *copy, struct buf *error) {
  struct copying c = {.copy = copy, .error = error};
  struct dump_room room;
  char after[STORE_ROOM_ID_MAX + 1] = "";
  int err = 0;
  copy->done = (struct dump_totals){0};
  copy->damaged = copy->missing = copy->first_seq = 0;
  copy->first_damaged[0] = '\0';
  while (!err && !(err = copy->from->ops->next(copy->from, after, &room, error))) {
    snprintf(after, sizeof after, "%s", room.room.id);
    c.room_id = after;
    err = copy_room(&c, &room);
  }
  if (err == ERR_NOT_FOUND && !error->len) err = 0;
  for (size_t i = 0; i < sizeof c.sum; i++) snprintf(copy->digest + 2 * i, 3, "%02x", c.sum[i]);
  if (err && !error->len) (void)!buf_printf(error, "copying failed: %s", err_text(err));
  return err;
}
