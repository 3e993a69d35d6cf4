/* SPDX-License-Identifier: MIT */
#ifndef YOKE_PORT_STORE_H
#define YOKE_PORT_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Where rooms are kept. An adapter fills struct store_ops and embeds
 * struct store as its first member. Every call is made on the loop thread and
 * returns at once; its completion runs on the loop thread, exactly once, never
 * before the call that started it returned. A call that returns an error
 * starts nothing and never completes. Whatever @ctx points to must live until
 * the completion. store_destroy() completes what is outstanding with
 * ERR_CANCELLED.
 *
 * Errors of completions:
 *   ERR_NOT_FOUND    no such room (nothing else is ever reported this way)
 *   ERR_EXISTS       create: the id is taken
 *   ERR_UNAVAILABLE  the store does not answer (down, or past store_timeout_ms)
 *   ERR_CORRUPT      stored bytes cannot be read back; what and where in the log and, of load and history, in
 *                    the completion's damage
 *   ERR_NOMEM, ERR_IO, ERR_CANCELLED
 */

#define STORE_ROOM_ID_MAX 64
/** What an append counts at most in the backlog, beside its payload and author. */
#define STORE_APPEND_COST 1024

/** What is known of a room besides its document. Strings are UTF-8, never NULL. */
struct store_room {
  const char *id;
  const char *name;
  const char *language;
  const char *owner_name;
  const char *owner_mail;
  uint64_t created_at; /* unix ms */
  uint64_t updated_at; /* unix ms of the newest update or change */
};

struct store_row {
  uint64_t seq;        /* assigned by the insert; grows within a room */
  uint64_t at;         /* unix ms */
  const char *author;  /* display name, may be "" */
  const uint8_t *data; /* a Yjs update, v1 */
  size_t len;
  uint64_t from;    /* unix ms of the first update in it: before `at` where thin() put several into one row */
  uint64_t updates; /* so many; 1 but for those */
  bool moved;       /* compaction put it into room_history */
};

/** What of a room cannot be read back. */
struct store_damage {
  uint64_t seq; /* of the row; 0: its snapshot, or the room as a whole */
  char what[160];
};

/**
 * A room as loaded: its state is all of these merged, in any order. Usually one
 * snapshot; more where several servers have compacted one room, each what it
 * knew. Borrowed for the completion call only.
 */
struct store_loaded {
  struct store_room room;
  const struct store_row *snapshots; /* by seq, which counts apart from that of rows; at 0, author "" */
  size_t snapshot_count;
  const struct store_row *rows; /* left in the log, by seq */
  size_t row_count;
  uint64_t history_rows, history_bytes; /* in room_history: rows, and bytes of updates */
  const struct store_damage *damage;    /* with ERR_CORRUPT, and then nothing else holds; may be NULL */
};

/** What a new snapshot holds, and so takes the place of. */
struct store_parts {
  const uint64_t *snapshots; /* their seqs, as loaded or as given by an earlier compaction */
  size_t snapshot_count;
  const uint64_t *rows; /* their seqs */
  size_t row_count;
};

/** What of a room's log to read. */
struct store_span {
  uint64_t after, upto; /* rows with after < seq <= upto; upto 0: to the end */
  bool heads_only;      /* without payloads: their data is NULL, their len as stored */
  size_t max_rows;      /* at most so many, the earliest; 0: all */
  uint64_t max_bytes;   /* none after the row that reaches it; 0: all */
};

/** Rows of room_history to be made one: the last of @seqs (ascending, two or more) stays and takes @payload. */
struct store_thin {
  const uint64_t *seqs;
  size_t count;
  const char *author; /* of that row, as it is stored */
  uint64_t from, at;  /* unix ms of the first update in it, and the row's own */
  uint64_t updates;
  struct blob *payload; /* says what all of them said */
};

struct store_status {
  bool up;                /* the last write or ping succeeded */
  char reason[160];       /* why not; "" when up */
  uint64_t backlog_bytes; /* accepted by append, not yet committed */
  const char *kind;       /* "sqlite" or "postgresql" */
};

typedef void (*store_done_fn)(void *ctx, int err);
typedef void (*store_append_fn)(void *ctx, int err, uint64_t seq);
/** @loaded: NULL on an error, but for ERR_CORRUPT, where it may tell the damage. */
typedef void (*store_load_fn)(void *ctx, int err, const struct store_loaded *loaded);
typedef void (*store_list_fn)(void *ctx, int err, const struct store_room *rooms, size_t count);

struct store;

struct store_ops {
  /** Insert the room and its first log row in one transaction; ERR_EXISTS, ERR_FULL past rooms_max. */
  int (*create_room)(struct store *s, const struct store_room *room, const uint8_t *update, size_t len,
                     store_done_fn done, void *ctx);

  /** Read one room. Sees every append of this store that completed or was accepted before the call. */
  int (*load)(struct store *s, const char *room_id, store_load_fn done, void *ctx);

  /**
   * Queue one update for the next group commit. @payload is ref'd until it is
   * committed. Completions of one room come in the order of the calls, and only
   * after the commit returned with the data on disk. While the store is down
   * the update is kept and written later: the completion just comes later.
   * Completes with ERR_NOT_FOUND when the room was deleted meanwhile.
   * Returns ERR_FULL, starting nothing, past store_backlog_max_bytes (each counts with STORE_APPEND_COST at most),
   * unless nothing waits.
   */
  int (*append)(struct store *s, const char *room_id, const char *author, uint64_t at, struct blob *payload,
                store_append_fn done, void *ctx);

  /**
   * In one transaction: add @snapshot, remove the snapshots of @parts and move
   * its rows to room_history. What is not named stays: somebody else may have
   * written it, and @snapshot does not hold it. Completes with the new seq.
   */
  int (*compact)(struct store *s, const char *room_id, const struct store_parts *parts, struct blob *snapshot,
                 store_append_fn done, void *ctx);

  /**
   * Read a room's log, what compaction moved away included: @done's rows are those of the span, by seq, without
   * snapshots. Sees the appends that load would. The end of a log that is read in pieces is an empty piece.
   */
  int (*history)(struct store *s, const char *room_id, const struct store_span *span, store_load_fn done, void *ctx);

  /**
   * Make rows of room_history one, in one transaction. ERR_NOT_FOUND, changing nothing, when one of them is not
   * there any more. Never touches room_updates.
   */
  int (*thin)(struct store *s, const char *room_id, const struct store_thin *what, store_done_fn done, void *ctx);

  /** Rooms whose owner_mail equals @mail, newest updated_at first, at most @max. */
  int (*list)(struct store *s, const char *mail, size_t max, store_list_fn done, void *ctx);

  /** Set name and language (either may be NULL: unchanged). */
  int (*update_room)(struct store *s, const char *room_id, const char *name, const char *language, uint64_t at,
                     store_done_fn done, void *ctx);

  /** Remove the room, its log, snapshots and history. */
  int (*delete_room)(struct store *s, const char *room_id, store_done_fn done, void *ctx);

  /** Really ask the database (for /health); ERR_UNAVAILABLE past store_timeout_ms. */
  int (*ping)(struct store *s, store_done_fn done, void *ctx);

  /** Complete once every append accepted before is committed. */
  int (*flush)(struct store *s, store_done_fn done, void *ctx);

  void (*status)(const struct store *s, struct store_status *out);

  void (*destroy)(struct store *s); /* stops threads, closes the database */
};

struct store {
  const struct store_ops *ops;
};

static inline void store_destroy(struct store *s) {
  if (s) s->ops->destroy(s);
}

#endif
