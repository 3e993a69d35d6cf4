/* SPDX-License-Identifier: MIT */
#ifndef YOKE_ROOM_HISTORY_H
#define YOKE_ROOM_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "room/registry.h"
#include "room/room.h"

/*
 * How a room came to be what it is: its log of updates with author and time. A
 * log, once read, belongs to whoever asked and knows nothing of the room: it
 * may be replayed on another thread.
 */
struct history;

/** Called once, never before history_read() returned; @history (NULL on an error) is the callee's to free. */
typedef void (*history_fn)(void *ctx, int err, struct history *history);

/**
 * Read a room's log up to and with the row @upto (0: all of it). @heads_only: without the updates themselves, which
 * is enough for history_points(). Completes with ERR_NOT_FOUND (no such room), ERR_UNAVAILABLE, ERR_NOMEM.
 */
MUST_USE int history_read(struct registry *registry, const char *room_id, uint64_t upto, bool heads_only,
                          history_fn done, void *ctx);
void history_free(struct history *history); /* NULL accepted */

/** What one author did without a pause, or the end of it: a moment that one can go back to. */
struct history_point {
  uint64_t seq;     /* of its last row */
  uint64_t from_ms; /* unix ms of its first row … */
  uint64_t at_ms;   /* … and of its last */
  const char *author;
  size_t updates;
  uint64_t bytes;
};

/**
 * The points of a log, oldest first: rows of one author join while less than
 * @pause_ms passes between them. The array is the caller's to free, the authors
 * are the log's. ERR_NOMEM.
 */
MUST_USE int history_points(const struct history *history, uint64_t pause_ms, struct history_point **out,
                            size_t *count);

/** The room as it was. */
struct history_state {
  uint64_t seq, at_ms; /* of the last row in it */
  char *author, *title;
  struct history_file *files; /* by path */
  size_t file_count;
  struct document *document;
};

struct history_file {
  char *path, *language;
  struct buf text;
  bool main;
};

/**
 * Replay a log: pure work, on any thread. ERR_NOT_FOUND when it has no row,
 * ERR_CORRUPT when one cannot be applied, ERR_NOMEM.
 */
MUST_USE int history_replay(const struct history *history, const struct limits *limits, struct history_state *out);
void history_state_deinit(struct history_state *state);

/**
 * Make the room what it was: an edit like any other, so that what came since is still in the log. Answer once
 * room_when_saved() says so. ERR_NOT_FOUND (deleted), ERR_TOO_LARGE, ERR_UNAVAILABLE, ERR_NOMEM.
 */
MUST_USE int history_restore(struct room *room, const struct history_state *state, const char *author,
                             uint64_t unix_ms);

#endif
