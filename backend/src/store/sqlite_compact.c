/* SPDX-License-Identifier: MIT */
#include "store/sqlite_compact.h"

#include "store/rowsum.h"
#include "store/sqlite_rows.h"
#include "store/sqlite_values.h"

/** Rows moved, put together or found so far. */
struct tally {
  uint64_t rows, bytes;
};

/** Run a statement on one row of the room; where it gives back the row's length, count it. */
static int run_on_row(struct sqlite_statements *s, enum sqlite_statement which, const struct request *r, uint64_t seq,
                      struct tally *tally) {
  sqlite3_stmt *stmt = s->prepared[which];
  int rc;
  sqlite_bind_number(stmt, 1, seq);
  sqlite_bind_text(stmt, 2, r->room.id);
  while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
    tally->rows++;
    tally->bytes += (uint64_t)sqlite3_column_int64(stmt, 0);
  }
  int reset = sqlite3_reset(stmt);
  sqlite3_clear_bindings(stmt);
  return rc == SQLITE_DONE ? reset : rc;
}

static int count(struct sqlite_statements *s, enum sqlite_statement which, const struct request *r,
                 struct tally tally) {
  sqlite_bind_text(s->prepared[which], 1, r->room.id);
  sqlite_bind_number(s->prepared[which], 2, tally.rows);
  sqlite_bind_number(s->prepared[which], 3, tally.bytes);
  return sqlite_run(s, which, NULL);
}

static int move_to_history(struct sqlite_statements *s, const struct request *r) {
  struct tally moved = {0}, dropped = {0};
  int rc = SQLITE_OK;
  for (size_t i = 0; i < r->count && rc == SQLITE_OK; i++) {
    rc = run_on_row(s, STMT_KEEP_ROW, r, r->seqs[i], &moved);
    if (rc == SQLITE_OK) rc = run_on_row(s, STMT_DROP_ROW, r, r->seqs[i], &dropped);
  }
  return rc == SQLITE_OK ? count(s, STMT_COUNT_MOVED, r, moved) : rc;
}

int sqlite_compact_room(struct sqlite_statements *s, struct request *r) {
  int found = 0;
  int rc = r->unsure ? sqlite_rows_find_earlier(s, STMT_HAS_SNAPSHOT, r, &found) : SQLITE_OK;
  if (rc != SQLITE_OK || found) return rc;
  sqlite_bind_text(s->prepared[STMT_HAS_ROOM], 1, r->room.id);
  rc = sqlite_run(s, STMT_HAS_ROOM, &found);
  if (rc != SQLITE_OK) return rc;
  if (!found) {
    r->err = ERR_NOT_FOUND;
    return SQLITE_OK;
  }
  struct tally gone = {0};
  rc = move_to_history(s, r);
  for (size_t i = 0; i < r->snapshot_count && rc == SQLITE_OK; i++)
    rc = run_on_row(s, STMT_DROP_SNAPSHOT, r, r->snapshots[i], &gone);
  if (rc == SQLITE_OK) rc = count(s, STMT_COUNT_SNAPSHOTS, r, (struct tally){1, gone.rows});
  if (rc != SQLITE_OK) return rc;
  sqlite_bind_text(s->prepared[STMT_ADD_SNAPSHOT], 1, r->room.id);
  sqlite_bind_number(s->prepared[STMT_ADD_SNAPSHOT], 3, rowsum_of(r->room.id, "", 0, r->payload));
  rc = sqlite_bind_blob(s->prepared[STMT_ADD_SNAPSHOT], 2, r->payload);
  if (rc == SQLITE_OK) rc = sqlite_run(s, STMT_ADD_SNAPSHOT, NULL);
  if (rc == SQLITE_OK) r->seq = (uint64_t)sqlite3_last_insert_rowid(s->handle);
  return rc;
}

static int merge_old(struct sqlite_statements *s, const struct request *r) {
  sqlite3_stmt *stmt = s->prepared[STMT_MERGE_OLD];
  sqlite_bind_number(stmt, 1, r->seqs[r->count - 1]);
  sqlite_bind_text(stmt, 2, r->room.id);
  sqlite_bind_number(stmt, 4, rowsum_of(r->room.id, r->author, r->at, r->payload));
  sqlite_bind_number(stmt, 5, r->from);
  sqlite_bind_number(stmt, 6, r->updates);
  int rc = sqlite_bind_blob(stmt, 3, r->payload);
  return rc == SQLITE_OK ? sqlite_run(s, STMT_MERGE_OLD, NULL) : rc;
}

int sqlite_compact_thin(struct sqlite_statements *s, struct request *r) {
  struct tally before = {0}, dropped = {0};
  int rc = SQLITE_OK;
  for (size_t i = 0; i < r->count && rc == SQLITE_OK; i++) rc = run_on_row(s, STMT_HAS_OLD, r, r->seqs[i], &before);
  if (rc != SQLITE_OK) return rc;
  if (before.rows != r->count) {
    r->err = ERR_NOT_FOUND;
    return SQLITE_OK;
  }
  for (size_t i = 0; i + 1 < r->count && rc == SQLITE_OK; i++)
    rc = run_on_row(s, STMT_DROP_OLD, r, r->seqs[i], &dropped);
  if (rc == SQLITE_OK) rc = merge_old(s, r);
  if (rc != SQLITE_OK) return rc;
  /* May add bytes in theory: then what is taken off wraps around and is put on. */
  return count(s, STMT_COUNT_THINNED, r, (struct tally){r->count - 1, before.bytes - r->payload->len});
}
