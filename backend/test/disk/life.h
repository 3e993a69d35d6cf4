/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_DISK_LIFE_H
#define YOKE_TEST_DISK_LIFE_H

#include "base/limits.h"
#include "base/loop.h"
#include "port/store.h"
#include "rooms.h"
#include "store/sqlite.h"

/* One run of a server's store, from opening to closing. */
struct life {
  struct loop *loop;
  struct limits limits;
  struct store *store; /* NULL: it could not be opened */
};

typedef int life_create_fn(const struct sqlite_store_options *options, struct store **out, struct buf *error);

/** The reason of a failure, with a NUL, is appended to @error. */
int life_begin(struct life *life, const char *data_dir, life_create_fn *create, struct buf *error);
/** Run the loop until no call is outstanding, or @stop (may be NULL) says so, or for @ms; true: none is outstanding. */
bool life_settle(struct life *life, const struct rooms *rooms, bool (*stop)(void), uint64_t ms);
void life_end(struct life *life, struct rooms *rooms);

/** A new folder in memory, or else in /tmp. */
void life_folder(char *out, size_t cap, const char *name);

#endif
