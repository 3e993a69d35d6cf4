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
    free(room->rows);
    blob_unref(room->snapshot);
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

void disk_compact(struct disk_room *room, const uint64_t *seqs, size_t count, struct blob *snapshot) {
  size_t kept = 0;
  for (size_t i = 0; i < room->row_count; i++) {
    if (named(seqs, count, room->rows[i].seq))
      blob_unref(room->rows[i].data);
    else
      room->rows[kept++] = room->rows[i];
  }
  room->row_count = kept;
  blob_unref(room->snapshot);
  room->snapshot = blob_ref(snapshot);
  apply(room->committed, snapshot);
}

yata_doc *disk_read(const struct disk_room *room) {
  yata_doc *doc = new_document();
  if (room->snapshot) apply(doc, room->snapshot);
  for (size_t i = 0; i < room->row_count; i++) apply(doc, room->rows[i].data);
  return doc;
}
