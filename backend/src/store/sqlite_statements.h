/* SPDX-License-Identifier: MIT */
#ifndef YOKE_STORE_SQLITE_STATEMENTS_H
#define YOKE_STORE_SQLITE_STATEMENTS_H

#include <sqlite3.h>

#include "base/err.h"

/* All that the SQLite store says to SQLite once its database is open, prepared once. */

/* The columns of a row, as take_row() reads them. */
#define ROW_COLUMNS(payload, from, updates, moved)                                                                     \
  "SELECT seq, at, author, " payload ", length(payload), crc, " from ", " updates ", " moved
#define LOG_WHERE " WHERE room_id = ?1 AND seq > ?2 AND seq <= ?3"
#define LOG_OF_ROOM(payload)                                                                                           \
  ROW_COLUMNS(payload, "from_at", "updates", "1")                                                                      \
  " FROM room_history" LOG_WHERE " UNION ALL " ROW_COLUMNS(payload, "at", "1", "0") " FROM room_updates" LOG_WHERE     \
                                                                                    " ORDER BY seq LIMIT ?4"

#define STATEMENTS(X)                                                                                                  \
  X(BEGIN_READ, "BEGIN")                                                                                               \
  X(BEGIN_WRITE, "BEGIN IMMEDIATE")                                                                                    \
  X(COMMIT, "COMMIT")                                                                                                  \
  X(ROLLBACK, "ROLLBACK")                                                                                              \
  X(COUNT_ROOMS, "SELECT count(*) FROM rooms")                                                                         \
  X(ADD_ROOM, "INSERT INTO rooms (id, name, language, owner_name, owner_mail, created_at, updated_at, "                \
              "update_rows) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1) ON CONFLICT DO NOTHING")                            \
  X(TOUCH_ROOM, "UPDATE rooms SET updated_at = max(updated_at, ?2), update_rows = update_rows + ?3 WHERE id = ?1")     \
  X(UNCOUNT, "UPDATE rooms SET update_rows = update_rows - 1 WHERE id = ?1")                                           \
  X(COUNT_MOVED, "UPDATE rooms SET update_rows = update_rows - ?2, history_rows = history_rows + ?2, "                 \
                 "history_bytes = history_bytes + ?3 WHERE id = ?1")                                                   \
  X(COUNT_SNAPSHOTS, "UPDATE rooms SET snapshot_rows = snapshot_rows + ?2 - ?3 WHERE id = ?1")                         \
  X(COUNT_THINNED, "UPDATE rooms SET history_rows = history_rows - ?2, history_bytes = history_bytes - ?3 "            \
                   "WHERE id = ?1")                                                                                    \
  X(UPDATE_ROOM, "UPDATE rooms SET updated_at = max(updated_at, ?2), name = coalesce(?3, name), "                      \
                 "language = coalesce(?4, language) WHERE id = ?1")                                                    \
  X(DELETE_ROOM, "DELETE FROM rooms WHERE id = ?1")                                                                    \
  X(HAS_ROOM, "SELECT 1 FROM rooms WHERE id = ?1")                                                                     \
  X(HAS_ROW, "SELECT 1 FROM room_updates WHERE seq = ?1 AND room_id = ?2 AND payload = ?3")                            \
  X(ADD_ROW, "INSERT INTO room_updates (room_id, at, author, payload, crc) VALUES (?1, ?2, ?3, ?4, ?5)")               \
  X(KEEP_ROW, "INSERT INTO room_history (seq, room_id, at, author, payload, crc, from_at) "                            \
              "SELECT seq, room_id, at, author, payload, crc, at FROM room_updates WHERE seq = ?1 AND room_id = ?2 "   \
              "RETURNING length(payload)")                                                                             \
  X(HAS_OLD, "SELECT length(payload) FROM room_history WHERE seq = ?1 AND room_id = ?2")                               \
  X(DROP_OLD, "DELETE FROM room_history WHERE seq = ?1 AND room_id = ?2")                                              \
  X(MERGE_OLD, "UPDATE room_history SET payload = ?3, crc = ?4, from_at = ?5, updates = ?6 "                           \
               "WHERE seq = ?1 AND room_id = ?2")                                                                      \
  X(DROP_ROW, "DELETE FROM room_updates WHERE seq = ?1 AND room_id = ?2")                                              \
  X(HAS_SNAPSHOT, "SELECT 1 FROM room_snapshots WHERE seq = ?1 AND room_id = ?2 AND payload = ?3")                     \
  X(DROP_SNAPSHOT, "DELETE FROM room_snapshots WHERE seq = ?1 AND room_id = ?2 RETURNING length(payload)")             \
  X(ADD_SNAPSHOT, "INSERT INTO room_snapshots (room_id, payload, crc) VALUES (?1, ?2, ?3)")                            \
  X(GET_ROOM, "SELECT id, name, language, owner_name, owner_mail, created_at, updated_at, update_rows, "               \
              "snapshot_rows, history_rows, history_bytes FROM rooms WHERE id = ?1")                                   \
  X(GET_SNAPSHOTS, "SELECT seq, 0, '', payload, length(payload), crc, 0, 1, 0 FROM room_snapshots "                    \
                   "WHERE room_id = ?1 ORDER BY seq")                                                                  \
  X(GET_ROWS, ROW_COLUMNS("payload", "at", "1", "0") " FROM room_updates WHERE room_id = ?1 ORDER BY seq")             \
  X(GET_HISTORY, LOG_OF_ROOM("payload"))                                                                               \
  X(GET_HEADS, LOG_OF_ROOM("NULL"))                                                                                    \
  X(LIST_ROOMS, "SELECT id, name, language, owner_name, owner_mail, created_at, updated_at FROM rooms "                \
                "WHERE owner_mail = ?1 ORDER BY updated_at DESC, id LIMIT ?2")

enum sqlite_statement {
#define STATEMENT_ENUM(name, sql) STMT_##name,
  STATEMENTS(STATEMENT_ENUM)
#undef STATEMENT_ENUM
      STMT_COUNT
};

struct sqlite_statements {
  sqlite3 *handle; /* NULL: closed */
  sqlite3_stmt *prepared[STMT_COUNT];
};

/* Results are SQLite's codes. */

MUST_USE int sqlite_statements_prepare(struct sqlite_statements *s);
void sqlite_statements_finalize(struct sqlite_statements *s);

/** Run a statement to its end, and clear what is bound; *rows (may be NULL): how many it returned (select) or changed.
 */
MUST_USE int sqlite_run(struct sqlite_statements *s, enum sqlite_statement which, int *rows);

#endif
