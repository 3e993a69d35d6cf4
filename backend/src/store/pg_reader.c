/* SPDX-License-Identifier: MIT */
#include "store/pg_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/pg_session.h"

#define ROOM_COLUMNS "id, name, language, owner_name, owner_mail, created_at, updated_at"

/* The columns of a row, as take_rows() reads them. */
#define ROW_COLUMNS(from, updates, moved)                                                                              \
  "SELECT seq, at, author, payload, length(payload)::bigint AS bytes, crc, " from "::bigint AS from_at, " updates      \
  "::bigint AS updates, " moved "::bigint AS moved"
#define LOG_WHERE " WHERE room_id = $1 AND seq > $2::bigint AND seq <= $3::bigint"
#define LOG_OF_ROOM                                                                                                    \
  "(" ROW_COLUMNS("from_at", "updates", "1") " FROM room_history" LOG_WHERE " UNION ALL " ROW_COLUMNS(                 \
      "at", "1", "0") " FROM room_updates" LOG_WHERE " ORDER BY seq LIMIT nullif($4::bigint, 0)) AS log"
/* No row after the one that reaches so many bytes. */
#define LOG_CUT                                                                                                        \
  "(SELECT *, sum(bytes) OVER (ORDER BY seq) - bytes AS before FROM " LOG_OF_ROOM ") AS cut "                          \
  "WHERE $5::bigint = 0 OR before < $5::bigint ORDER BY seq"

static const struct pg_statement statements[] = {
    {"room",
     "SELECT " ROOM_COLUMNS ", update_rows, snapshot_rows, history_rows, history_bytes FROM rooms WHERE id = $1"},
    {"snapshots", "SELECT seq, payload, crc FROM room_snapshots WHERE room_id = $1 ORDER BY seq"},
    {"rows", ROW_COLUMNS("at", "1", "0") " FROM room_updates WHERE room_id = $1 ORDER BY seq"},
    {"history", "SELECT seq, at, author, payload, bytes, crc, from_at, updates, moved FROM " LOG_CUT},
    {"heads", "SELECT seq, at, author, NULL::bytea, bytes, crc, from_at, updates, moved FROM " LOG_CUT},
    {"list", "SELECT " ROOM_COLUMNS " FROM rooms WHERE owner_mail = $1 ORDER BY updated_at DESC, id LIMIT $2::bigint"},
    {"ping", "SELECT 1::bigint"},
};

/* Results of a load's pipeline. */
enum { LOAD_BEGIN, LOAD_ROOM, LOAD_SNAPSHOTS, LOAD_ROWS, LOAD_COMMIT };
/* And of a history's. */
enum { HISTORY_BEGIN, HISTORY_ROOM, HISTORY_ROWS, HISTORY_COMMIT };

struct pg_reader {
  struct core *core;
  void (*on_state)(struct core *core, const char *reason);
  struct pg_session *session;
  struct request *request; /* NULL: none under way */
  int err;                 /* of the request so far */
};

/** Room, snapshot and rows must belong to one moment: a compaction in between would hide rows. */
static void send_load(struct pg_conn *c, const struct request *r) {
  const struct pg_value id = {.data = r->room.id, .len = strlen(r->room.id)};
  pg_conn_query(c, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  pg_conn_execute(c, "room", &id, 1);
  pg_conn_execute(c, "snapshots", &id, 1);
  pg_conn_execute(c, "rows", &id, 1);
  pg_conn_query(c, "COMMIT");
}

static void send_history(struct pg_conn *c, const struct request *r) {
  char after[24], upto[24], rows[24], bytes[24];
  uint64_t last = r->span.upto && r->span.upto < INT64_MAX ? r->span.upto : INT64_MAX;
  snprintf(after, sizeof after, "%lld", (long long)(r->span.after < INT64_MAX ? r->span.after : INT64_MAX));
  snprintf(upto, sizeof upto, "%lld", (long long)last);
  snprintf(rows, sizeof rows, "%zu", r->span.max_rows < INT32_MAX ? r->span.max_rows : INT32_MAX);
  snprintf(bytes, sizeof bytes, "%lld", (long long)(r->span.max_bytes < INT64_MAX ? r->span.max_bytes : INT64_MAX));
  const struct pg_value values[] = {{.data = r->room.id, .len = strlen(r->room.id)},
                                    {.data = after, .len = strlen(after)},
                                    {.data = upto, .len = strlen(upto)},
                                    {.data = rows, .len = strlen(rows)},
                                    {.data = bytes, .len = strlen(bytes)}};
  pg_conn_query(c, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  pg_conn_execute(c, "room", values, 1);
  pg_conn_execute(c, r->span.heads_only ? "heads" : "history", values, 5);
  pg_conn_query(c, "COMMIT");
}

static void send_list(struct pg_conn *c, const struct request *r) {
  char most[24];
  snprintf(most, sizeof most, "%lld", r->count > INT32_MAX ? (long long)INT32_MAX : (long long)r->count);
  const struct pg_value values[] = {{.data = r->mail, .len = strlen(r->mail)}, {.data = most, .len = strlen(most)}};
  pg_conn_execute(c, "list", values, 2);
}

void pg_reader_answer(struct pg_reader *reader, struct request *r) {
  struct pg_conn *c = pg_session_conn(reader->session);
  reader->request = r;
  reader->err = 0;
  if (r->kind == REQUEST_LOAD)
    send_load(c, r);
  else if (r->kind == REQUEST_HISTORY)
    send_history(c, r);
  else if (r->kind == REQUEST_LIST)
    send_list(c, r);
  else
    pg_conn_execute(c, "ping", NULL, 0);
  pg_conn_run(c);
}

/* Taking results ----------------------------------------------------------- */

static struct store_room room_at(const PGresult *result, int row) {
  return (struct store_room){
      .id = PQgetvalue(result, row, 0),
      .name = PQgetvalue(result, row, 1),
      .language = PQgetvalue(result, row, 2),
      .owner_name = PQgetvalue(result, row, 3),
      .owner_mail = PQgetvalue(result, row, 4),
      .created_at = pg_cell_number(result, row, 5),
      .updated_at = pg_cell_number(result, row, 6),
  };
}

/** The checksum in a cell, NULL where there is none. */
static const uint64_t *crc_at(const PGresult *result, int row, int column, uint64_t *crc) {
  if (PQgetisnull(result, row, column)) return NULL;
  *crc = pg_cell_number(result, row, column);
  return crc;
}

static int take_snapshots(struct request *r, const PGresult *result) {
  int err = 0;
  for (int i = 0; i < PQntuples(result) && !err; i++) {
    uint64_t crc;
    struct store_row row = {
        .seq = pg_cell_number(result, i, 0),
        .author = "",
        .data = (const uint8_t *)PQgetvalue(result, i, 1),
        .len = (size_t)PQgetlength(result, i, 1),
    };
    err = request_add_snapshot(r, &row, crc_at(result, i, 2, &crc));
  }
  return err;
}

static int take_rows(struct request *r, const PGresult *result) {
  int err = 0;
  for (int i = 0; i < PQntuples(result) && !err; i++) {
    uint64_t crc;
    struct store_row row = {
        .seq = pg_cell_number(result, i, 0),
        .at = pg_cell_number(result, i, 1),
        .author = PQgetvalue(result, i, 2),
        .data = PQgetisnull(result, i, 3) ? NULL : (const uint8_t *)PQgetvalue(result, i, 3),
        .len = (size_t)pg_cell_number(result, i, 4),
        .from = pg_cell_number(result, i, 6),
        .updates = pg_cell_number(result, i, 7),
        .moved = pg_cell_number(result, i, 8) != 0,
    };
    err = request_add_row(r, &row, crc_at(result, i, 5, &crc));
  }
  return err;
}

static int take_room(struct request *r, const PGresult *result) {
  if (PQntuples(result) == 0) return ERR_NOT_FOUND;
  struct store_room room = room_at(result, 0);
  r->update_rows = pg_cell_number(result, 0, 7);
  r->snapshot_rows = pg_cell_number(result, 0, 8);
  r->loaded.history_rows = pg_cell_number(result, 0, 9);
  r->loaded.history_bytes = pg_cell_number(result, 0, 10);
  return request_set_room(r, &room);
}

static int take_load(struct request *r, size_t index, const PGresult *result) {
  if (index == LOAD_SNAPSHOTS) return take_snapshots(r, result);
  if (index == LOAD_ROWS) {
    int err = take_rows(r, result);
    return err ? err : request_check_load(r);
  }
  return index == LOAD_ROOM ? take_room(r, result) : 0;
}

static int take_history(struct request *r, size_t index, const PGresult *result) {
  if (index == HISTORY_ROWS) return take_rows(r, result);
  return index == HISTORY_ROOM ? take_room(r, result) : 0;
}

static int take_list(struct request *r, const PGresult *result) {
  int err = 0;
  for (int i = 0; i < PQntuples(result) && !err; i++) {
    struct store_room room = room_at(result, i);
    err = request_add_room(r, &room);
  }
  return err;
}

static void on_result(void *ctx, size_t index, const PGresult *result) {
  struct pg_reader *reader = ctx;
  if (!reader->request || reader->err) return;
  if (reader->request->kind == REQUEST_LOAD)
    reader->err = take_load(reader->request, index, result);
  else if (reader->request->kind == REQUEST_HISTORY)
    reader->err = take_history(reader->request, index, result);
  else if (reader->request->kind == REQUEST_LIST)
    reader->err = take_list(reader->request, result);
}

static void answer(struct pg_reader *reader, int err, const char *reason) {
  struct request *r = reader->request;
  reader->request = NULL;
  core_read_done(reader->core, r, err, reason);
}

static void on_end(void *ctx, const struct pg_failure *failure) {
  struct pg_reader *reader = ctx;
  if (!failure) {
    answer(reader, reader->err, reader->err == ERR_CORRUPT ? reader->request->damage.what : NULL);
    return;
  }
  /* XX001 and XX002: damaged data or index. */
  bool damaged = strcmp(failure->state, "XX001") == 0 || strcmp(failure->state, "XX002") == 0;
  struct request *r = reader->request;
  if (damaged && (r->kind == REQUEST_LOAD || r->kind == REQUEST_HISTORY))
    snprintf(r->damage.what, sizeof r->damage.what, "the database is damaged: %.120s", failure->message);
  answer(reader, damaged ? ERR_CORRUPT : ERR_UNAVAILABLE, failure->message);
  /* A failed transaction may be open: a new connection is the simplest way out. */
  pg_conn_drop(pg_session_conn(reader->session), failure->message);
}

static void on_ready(void *ctx) {
  struct pg_reader *reader = ctx;
  reader->on_state(reader->core, NULL);
}

static void on_lost(void *ctx, const char *reason) {
  struct pg_reader *reader = ctx;
  reader->on_state(reader->core, reason);
  if (reader->request) answer(reader, ERR_UNAVAILABLE, reason);
}

static const struct pg_session_events session_events = {on_ready, on_lost, on_result, on_end};

int pg_reader_create(const struct pg_reader_options *options, struct pg_reader **out) {
  struct pg_reader *reader = calloc(1, sizeof *reader);
  if (!reader) return ERR_NOMEM;
  reader->core = options->core;
  reader->on_state = options->on_state;
  struct pg_session_options session = {
      .db = options->db,
      .loop = reader->core->loop,
      .timeout_ms = reader->core->limits.store_timeout_ms,
      .statements = statements,
      .statement_count = sizeof statements / sizeof statements[0],
      .events = &session_events,
      .ctx = reader,
  };
  int err = pg_session_create(&session, &reader->session);
  if (err) {
    free(reader);
    return err;
  }
  *out = reader;
  return 0;
}

void pg_reader_destroy(struct pg_reader *reader) {
  if (!reader) return;
  pg_session_destroy(reader->session);
  free(reader);
}

bool pg_reader_ready(const struct pg_reader *reader) {
  return !reader->request && pg_session_ready(reader->session);
}
