/* SPDX-License-Identifier: MIT */
#include "disk.h"

#include <string.h>

static yata_doc *new_document(void) {
  yata_doc *doc = NULL;
  MUST(yata_doc_create(&(yata_options){.max_pending_bytes = SIZE_MAX, .max_steps = UINT64_MAX}, &doc));
  return doc;
}

static void apply(yata_doc *doc, const struct blob *update) {
  MUST(yata_apply_update(doc, update->data, update->len, NULL));
}

void disk_deinit(struct disk *d) {
  for (size_t i = 0; i < d->room_count; i++) {
    struct disk_room *room = &d->rooms[i];
    for (size_t k = 0; k < room->row_count; k++) blob_unref(room->rows[k].data);
    for (size_t k = 0; k < room->snapshot_count; k++) blob_unref(room->snapshots[k].data);
    free(room->rows);
    yata_doc_destroy(room->committed);
    free((char *)room->info.id);
  }
}

struct disk_room *disk_find(struct disk *d, const char *id) {
  for (size_t i = 0; i < d->room_count; i++)
    if (strcmp(d->rooms[i].info.id, id) == 0) return &d->rooms[i];
  return NULL;
}

struct disk_room *disk_create(struct disk *d, const struct store_room *info) {
  if (d->room_count == DISK_ROOMS_MAX) abort();
  struct disk_room *room = &d->rooms[d->room_count++];
  *room = (struct disk_room){.committed = new_document()};
  room->info = (struct store_room){.id = must_alloc(strdup(info->id)),
                                   .name = "a room",
                                   .language = "c",
                                   .owner_name = "Ann",
                                   .owner_mail = "ann@example.org",
                                   .created_at = info->created_at,
                                   .updated_at = info->updated_at};
  return room;
}

uint64_t disk_append(struct disk *d, struct disk_room *room, struct blob *data) {
  if (room->row_count == room->row_cap) {
    room->row_cap = room->row_cap ? room->row_cap * 2 : 64;
    room->rows = must_alloc(realloc(room->rows, room->row_cap * sizeof *room->rows));
  }
  d->last_seq += dice_between(d->dice, 1, 3);
  room->rows[room->row_count++] = (struct disk_row){d->last_seq, blob_ref(data)};
  apply(room->committed, data);
  return d->last_seq;
}

static bool named(const uint64_t *seqs, size_t count, uint64_t seq) {
  for (size_t i = 0; i < count; i++)
    if (seqs[i] == seq) return true;
  return false;
}

/* What is named goes; returns how many are left. */
static size_t remove_named(struct disk_row *rows, size_t row_count, const uint64_t *seqs, size_t count) {
  size_t kept = 0;
  for (size_t i = 0; i < row_count; i++) {
    if (named(seqs, count, rows[i].seq))
      blob_unref(rows[i].data);
    else
      rows[kept++] = rows[i];
  }
  return kept;
}

uint64_t disk_compact(struct disk *d, struct disk_room *room, const struct store_parts *parts, struct blob *snapshot) {
  room->row_count = remove_named(room->rows, room->row_count, parts->rows, parts->row_count);
  room->snapshot_count = remove_named(room->snapshots, room->snapshot_count, parts->snapshots, parts->snapshot_count);
  if (room->snapshot_count == DISK_SNAPSHOTS_MAX) abort();
  d->last_seq++;
  room->snapshots[room->snapshot_count++] = (struct disk_row){d->last_seq, blob_ref(snapshot)};
  apply(room->committed, snapshot);
  return d->last_seq;
}

yata_doc *disk_read(const struct disk_room *room) {
  yata_doc *doc = new_document();
  for (size_t i = 0; i < room->snapshot_count; i++) apply(doc, room->snapshots[i].data);
  for (size_t i = 0; i < room->row_count; i++) apply(doc, room->rows[i].data);
  return doc;
}
