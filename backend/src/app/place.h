/* SPDX-License-Identifier: MIT */
#ifndef YOKE_APP_PLACE_H
#define YOKE_APP_PLACE_H

#include "store/dump.h"

/* Where the rooms of a configuration are kept, for the commands that read or write them as a whole. */

/** How a command ended. */
enum { PLACE_OK = 0, PLACE_FAILED = 1, PLACE_DAMAGED = 3 };

/** "yoke.db" in the data directory. */
MUST_USE int place_database(const struct config *config, struct buf *path);

MUST_USE int place_read(const struct config *config, struct dump_reader **out, struct buf *error);
/** To add rooms. Makes a database where there is none. */
MUST_USE int place_add(const struct config *config, struct dump_writer **out, struct buf *error);

/** Tells on standard error how far a long work is: not more often than now and then, and nothing of a short one. */
struct progress {
  const char *doing; /* "writing" */
  struct dump_totals of;
  uint64_t started_ms, told_ms;
  bool told, terminal;
};
void progress_start(struct progress *p, const char *doing, const struct dump_totals *of);
void progress_on_copy(void *ctx, uint64_t rooms, uint64_t rows); /* ctx: the progress */
void progress_end(struct progress *p);

#endif
