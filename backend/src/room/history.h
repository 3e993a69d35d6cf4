/* SPDX-License-Identifier: MIT */
#ifndef YOKE_ROOM_HISTORY_H
#define YOKE_ROOM_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "room/registry.h"
#include "room/room.h"

/*
 * How a room came to be what it is: its log of updates with author and time.
 * A log may be long: it is read in pieces, so that neither memory nor the
 * store's thread is taken up by it.
 */

/* ---- the moments that one can go back to ---- */

/** What one author did without a pause, or the end of it. */
struct history_point {
  uint64_t seq;     /* of its last row */
  uint64_t from_ms; /* unix ms of its first update … */
  uint64_t at_ms;   /* … and of its last */
  size_t author;    /* offset of the name in the page's texts */
  uint64_t updates, bytes;
};

struct history_page {
  struct history_point *points; /* oldest first */
  size_t count;
  struct buf texts; /* the names, each with a NUL */
  uint64_t next;    /* the points after this one's seq are on the next page; 0: these were the last */
};

typedef void (*history_page_fn)(void *ctx, int err, const struct history_page *page);

struct history_query {
  uint64_t after;    /* points whose rows are all after this one; 0: from the beginning */
  size_t max;        /* points on the page, at least 1 */
  uint64_t pause_ms; /* rows of one author join while less than this passes between them */
};

/**
 * Read a page of points. The page is borrowed for the completion, and NULL on an error: ERR_NOT_FOUND (no such room),
 * ERR_UNAVAILABLE, ERR_CANCELLED, ERR_NOMEM.
 */
MUST_USE int history_list(struct registry *registry, const char *room_id, const struct history_query *query,
                          history_page_fn done, void *ctx);

/* ---- the room as it was ---- */

/** A piece of the log with its updates; belongs to whoever asked, and may be used on another thread. */
struct history;

/** Called once, never before history_read() returned; @piece (NULL on an error) is the callee's to free. */
typedef void (*history_fn)(void *ctx, int err, struct history *piece);

/** Read the rows after @after, up to and with @upto (0: all): not all at once; an empty piece is the end. */
MUST_USE int history_read(struct registry *registry, const char *room_id, uint64_t after, uint64_t upto,
                          history_fn done, void *ctx);
void history_free(struct history *piece); /* NULL accepted */
bool history_is_empty(const struct history *piece);

struct history_state {
  uint64_t seq, at_ms; /* of the last row in it */
  char *author, *title;
  uint64_t bytes;             /* of updates in it */
  struct history_file *files; /* by path */
  size_t file_count;
  struct document *document;
};

struct history_file {
  char *path, *language;
  struct buf text;
  bool main;
};

/* Pure work, on any thread. */
MUST_USE int history_state_init(const struct limits *limits, struct history_state *out);
void history_state_deinit(struct history_state *state);
/** Replay a piece. ERR_CORRUPT when a row cannot be applied, ERR_TOO_LARGE past history_replay_max_bytes, ERR_NOMEM. */
MUST_USE int history_replay(struct history_state *state, const struct history *piece, const struct limits *limits);
/** After the last piece: read files and title. ERR_NOT_FOUND when there was no row, ERR_NOMEM. */
MUST_USE int history_finish(struct history_state *state, const struct limits *limits);

/**
 * Make the room what it was: an edit like any other, so that what came since is still in the log. Answer once
 * room_when_saved() says so. ERR_NOT_FOUND (deleted), ERR_TOO_LARGE, ERR_UNAVAILABLE, ERR_NOMEM.
 */
MUST_USE int history_restore(struct room *room, const struct history_state *state, const char *author,
                             uint64_t unix_ms);

#endif
