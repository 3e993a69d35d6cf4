/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_SIM_DISK_H
#define YOKE_TEST_SIM_DISK_H

#include <yata.h>

#include "dice.h"
#include "port/store.h"

/* What survives: the rooms of a store, as committed. */
struct disk_row {
  uint64_t seq;
  struct blob *data;
};

enum { DISK_SNAPSHOTS_MAX = 64, DISK_ROOMS_MAX = 4 };

struct disk_room {
  struct store_room info; /* strings are the room's own */
  struct disk_row *rows;  /* by seq; compaction takes them away */
  size_t row_count, row_cap;
  struct disk_row snapshots[DISK_SNAPSHOTS_MAX];
  size_t snapshot_count;
  yata_doc *committed; /* all that was ever committed, whatever compaction did to it since */
};

struct disk {
  struct disk_room rooms[DISK_ROOMS_MAX];
  size_t room_count;
  uint64_t last_seq;
  struct dice *dice; /* seqs have gaps */
};

void disk_deinit(struct disk *d);
/** NULL: no such room. */
struct disk_room *disk_find(struct disk *d, const char *id);
struct disk_room *disk_create(struct disk *d, const struct store_room *info);
/** Returns the row's seq. */
uint64_t disk_append(struct disk *d, struct disk_room *room, struct blob *data);
/** Returns the snapshot's seq. */
uint64_t disk_compact(struct disk *d, struct disk_room *room, const struct store_parts *parts, struct blob *snapshot);

/** A document made of what is there now. It reads nothing else. */
yata_doc *disk_read(const struct disk_room *room);

#endif
