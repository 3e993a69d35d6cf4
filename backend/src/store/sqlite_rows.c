/* SPDX-License-Identifier: MIT */
#include "store/sqlite_rows.h"

#include "store/rowsum.h"
#include "store/sqlite_values.h"

static int add_row(struct sqlite_statements *s, struct request *r) {
  sqlite3_stmt *stmt = s->prepared[STMT_ADD_ROW];
  sqlite_bind_text(stmt, 1, r->room.id);
  sqlite_bind_number(stmt, 2, r->at);
  sqlite_bind_text(stmt, 3, r->author);
  sqlite_bind_number(stmt, 5, rowsum_of(r->room.id, r->author, r->at, r->payload));
  int rc = sqlite_bind_blob(stmt, 4, r->payload);
  if (rc == SQLITE_OK) rc = sqlite_run(s, STMT_ADD_ROW, NULL);
  if (rc == SQLITE_OK) r->seq = (uint64_t)sqlite3_last_insert_rowid(s->handle);
  return rc;
}

int sqlite_rows_create(struct sqlite_statements *s, struct sqlite_rooms *rooms, struct request *r) {
  if (rooms->now >= rooms->max) {
    r->err = ERR_FULL;
    return SQLITE_OK;
  }
  sqlite3_stmt *stmt = s->prepared[STMT_ADD_ROOM];
  sqlite_bind_text(stmt, 1, r->room.id);
  sqlite_bind_text(stmt, 2, r->room.name);
  sqlite_bind_text(stmt, 3, r->room.language);
  sqlite_bind_text(stmt, 4, r->room.owner_name);
  sqlite_bind_text(stmt, 5, r->room.owner_mail);
  sqlite_bind_number(stmt, 6, r->room.created_at);
  sqlite_bind_number(stmt, 7, r->room.updated_at);
  int added = 0;
  int rc = sqlite_run(s, STMT_ADD_ROOM, &added);
  if (rc != SQLITE_OK) return rc;
  if (!added) {
    r->err = r->unsure ? 0 : ERR_EXISTS;
    return SQLITE_OK;
  }
  rooms->now++;
  return add_row(s, r);
}

int sqlite_rows_find_earlier(struct sqlite_statements *s, enum sqlite_statement which, const struct request *r,
                             int *found) {
  sqlite3_stmt *stmt = s->prepared[which];
  sqlite_bind_number(stmt, 1, r->seq);
  sqlite_bind_text(stmt, 2, r->room.id);
  int rc = sqlite_bind_blob(stmt, 3, r->payload);
  return rc == SQLITE_OK ? sqlite_run(s, which, found) : rc;
}

int sqlite_rows_append(struct sqlite_statements *s, struct request *r) {
  int found = 0;
  int there = 0;
  int rc = r->unsure ? sqlite_rows_find_earlier(s, STMT_HAS_ROW, r, &found) : SQLITE_OK;
  if (rc != SQLITE_OK) return rc;
  enum sqlite_statement which = r->last_of_room ? STMT_TOUCH_ROOM : STMT_HAS_ROOM;
  sqlite3_stmt *stmt = s->prepared[which];
  sqlite_bind_text(stmt, 1, r->room.id);
  if (r->last_of_room) sqlite_bind_number(stmt, 2, r->at);
  if (r->last_of_room) sqlite_bind_number(stmt, 3, r->room_rows);
  rc = sqlite_run(s, which, &there);
  if (rc != SQLITE_OK) return rc;
  if (found) { /* it was counted when it was written */
    sqlite_bind_text(s->prepared[STMT_UNCOUNT], 1, r->room.id);
    return sqlite_run(s, STMT_UNCOUNT, NULL);
  }
  if (!there) {
    r->err = ERR_NOT_FOUND;
    return SQLITE_OK;
  }
  return add_row(s, r);
}

int sqlite_rows_change_room(struct sqlite_statements *s, struct sqlite_rooms *rooms, struct request *r) {
  int changed = 0;
  enum sqlite_statement which = r->kind == REQUEST_DELETE ? STMT_DELETE_ROOM : STMT_UPDATE_ROOM;
  sqlite3_stmt *stmt = s->prepared[which];
  sqlite_bind_text(stmt, 1, r->room.id);
  if (r->kind == REQUEST_UPDATE) {
    sqlite_bind_number(stmt, 2, r->at);
    sqlite_bind_text(stmt, 3, r->room.name);
    sqlite_bind_text(stmt, 4, r->room.language);
  }
  int rc = sqlite_run(s, which, &changed);
  if (rc != SQLITE_OK) return rc;
  bool gone_before = r->kind == REQUEST_DELETE && r->unsure;
  if (!changed)
    r->err = gone_before ? 0 : ERR_NOT_FOUND;
  else if (r->kind == REQUEST_DELETE && rooms->now)
    rooms->now--;
  return SQLITE_OK;
}
