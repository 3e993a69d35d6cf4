/* SPDX-License-Identifier: MIT */
#ifndef YOKE_STORE_DUMP_H
#define YOKE_STORE_DUMP_H

#include "base/config.h"
#include "port/store.h"

/*
 * A store read or written as a whole, by a command rather than by the server:
 * blocking, on one thread, whatever its kind. A backup is such a store, too: a
 * SQLite file with the tables of a database of ours, and the table `backup`
 * that says when it was made, of what, and the digest of all that is in it.
 *
 * A reader sees one moment, also while a server writes: SQLite by one read
 * transaction, PostgreSQL by one of REPEATABLE READ. It hands out what is
 * stored as it is, damaged or not: dump_row_sound() tells.
 *
 * Every function that takes @error appends one line to it when it fails, which
 * names the file or the database, what is wrong and what to do.
 */

enum dump_table { DUMP_SNAPSHOT, DUMP_HISTORY, DUMP_UPDATE };

struct dump_room {
  struct store_room room;
  uint64_t update_rows, snapshot_rows, history_rows, history_bytes; /* so many there must be */
};

struct dump_row {
  enum dump_table table;
  struct store_row row; /* of a snapshot: at 0, author "" */
  bool summed;          /* has a checksum: */
  uint64_t crc;
};

/** Does the row match its checksum, or have none? */
bool dump_row_sound(const char *room_id, const struct dump_row *row);

struct dump_totals {
  uint64_t rooms, rows; /* as the records say */
};

/** What is borrowed ends with the call. Not 0 ends the reading, and is what it returns. */
typedef int (*dump_row_fn)(void *ctx, const struct dump_row *row);

struct dump_reader;
struct dump_reader_ops {
  int (*totals)(struct dump_reader *r, struct dump_totals *out, struct buf *error);
  /** The room with the least id after @after ("": the first); valid until the next call. ERR_NOT_FOUND: no more. */
  int (*next)(struct dump_reader *r, const char *after, struct dump_room *out, struct buf *error);
  /** ERR_NOT_FOUND appends nothing to @error, here and above. */
  int (*find)(struct dump_reader *r, const char *room_id, struct dump_room *out, struct buf *error);
  /** The room's snapshots, its history and its log, each by seq. After an error other rooms can still be read. */
  int (*rows)(struct dump_reader *r, const char *room_id, dump_row_fn fn, void *ctx, struct buf *error);
  /** Look for damage of the database itself, page by page; may be NULL. ERR_CORRUPT. */
  int (*check)(struct dump_reader *r, struct buf *error);
  void (*close)(struct dump_reader *r);
};
struct dump_reader {
  const struct dump_reader_ops *ops;
};

struct dump_writer;
struct dump_writer_ops {
  int (*room)(struct dump_writer *w, const struct dump_room *room, struct buf *error); /* ERR_EXISTS */
  int (*row)(struct dump_writer *w, const char *room_id, const struct dump_row *row, struct buf *error);
  /** All of it, on disk. */
  int (*commit)(struct dump_writer *w, struct buf *error);
  void (*close)(struct dump_writer *w); /* without commit: nothing of it is there */
};
struct dump_writer {
  const struct dump_writer_ops *ops;
  uint64_t first_seq; /* where rows are added to others: the least number among those to come, set by the caller */
};

static inline void dump_reader_close(struct dump_reader *r) {
  if (r) r->ops->close(r);
}
static inline void dump_writer_close(struct dump_writer *w) {
  if (w) w->ops->close(w);
}

/* Opening. Errors: ERR_NOT_FOUND (no such file), ERR_CORRUPT (damaged, or not ours), ERR_INVALID (another schema
 * version), ERR_BUSY (in use), ERR_EXISTS, ERR_UNAVAILABLE (the database does not answer), ERR_IO, ERR_NOMEM. */

MUST_USE int dump_read_sqlite(const char *path, struct dump_reader **out, struct buf *error);
MUST_USE int dump_read_postgres(const struct config_db *db, struct dump_reader **out, struct buf *error);

/** Bring the log of a database, of whatever version, into it. False: it has one still. */
bool dump_settle_sqlite(const char *path);

/** A new file at @path, which must not be there. */
MUST_USE int dump_write_file(const char *path, struct dump_writer **out, struct buf *error);
/** Add to the database at @path, also while a server uses it: rows get numbers of their own. */
MUST_USE int dump_add_sqlite(const char *path, struct dump_writer **out, struct buf *error);
/** Add to a database as above, or (@replace) make it hold what is written and nothing else: ERR_BUSY while a server
 * uses it. */
MUST_USE int dump_write_postgres(const struct config_db *db, bool replace, struct dump_writer **out, struct buf *error);

/** What a backup says of itself. */
struct dump_label {
  uint64_t made_at; /* unix ms */
  char source[16];  /* "sqlite" or "postgresql" */
  char digest[65];
  struct dump_totals totals; /* as written */
};

/** Is the file at @path as long as a backup that says of itself what it does? ERR_NOT_FOUND, ERR_CORRUPT, ERR_IO. */
MUST_USE int dump_check_backup(const char *path, struct buf *error);
/** Append where a backup that could not be read is damaged, as far as it can be found; else @otherwise. */
void dump_explain_damage(const char *path, const char *otherwise, struct buf *error);

/** Mark a closed file as a backup. */
MUST_USE int dump_set_label(const char *path, const struct dump_label *label, struct buf *error);
/** ERR_INVALID: a database of ours, but no backup; or one of another version. */
MUST_USE int dump_get_label(const char *path, struct dump_label *out, struct buf *error);
/** Make the bytes of a file last. ERR_IO. */
MUST_USE int dump_sync(const char *path, struct buf *error);

struct dump_copy {
  struct dump_reader *from;
  struct dump_writer *to;                                        /* NULL: only read and take the digest */
  void (*on_progress)(void *ctx, uint64_t rooms, uint64_t rows); /* after each room */
  void *ctx;
  struct dump_totals done; /* out */
  uint64_t damaged;        /* out: rows that do not match their checksum, and copied as they are */
  uint64_t missing;        /* out: rows that there must be by the rooms' records, and are not */
  char first_damaged[120]; /* out: the first of them, in words */
  uint64_t first_seq;      /* out: the least number of a row, snapshots aside */
  char digest[65];         /* out: the exclusive or of the SHA-256 of each room with its rows: the order is free */
};
/** Copy every room. */
MUST_USE int dump_copy(struct dump_copy *copy, struct buf *error);

#endif
