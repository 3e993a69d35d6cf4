/* SPDX-License-Identifier: MIT */
#include "store/pg_writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/pg_session.h"
#include "store/rowsum.h"

enum { DOUBT_RETRY_MS = 250 };

/* Every statement of a request returns one row, or none when there is nothing to work on. */
static const struct pg_statement statements[] = {
    {"create",
     "WITH room AS (INSERT INTO rooms (id, name, language, owner_name, owner_mail, created_at, updated_at, "
     "update_rows) VALUES ($1, $2, $3, $4, $5, $6::bigint, $7::bigint, 1) ON CONFLICT DO NOTHING RETURNING id) "
     "INSERT INTO room_updates (room_id, at, author, payload, crc) "
     "SELECT id, $6::bigint, $4, $8::bytea, $9::bigint FROM room RETURNING seq"},
    {"append", "INSERT INTO room_updates (room_id, at, author, payload, crc) "
               "SELECT id, $2::bigint, $3::text, $4::bytea, $5::bigint FROM rooms WHERE id = $1 RETURNING seq"},
    {"compact", "WITH room AS (SELECT id FROM rooms WHERE id = $1 FOR KEY SHARE), "
                "moved AS (DELETE FROM room_updates WHERE room_id = $1 AND seq = ANY ($2::bigint[]) "
                "RETURNING room_id, seq, at, author, payload, crc), "
                "kept AS (INSERT INTO room_history (room_id, seq, at, author, payload, crc, from_at) "
                "SELECT room_id, seq, at, author, payload, crc, at FROM moved), "
                "tally AS (SELECT count(*) AS rows, coalesce(sum(length(payload)), 0) AS bytes FROM moved), "
                "dropped AS (DELETE FROM room_snapshots WHERE room_id = $1 AND seq = ANY ($4::bigint[]) RETURNING 1), "
                "counted AS (UPDATE rooms SET update_rows = greatest(update_rows - tally.rows, 0), "
                "history_rows = history_rows + tally.rows, history_bytes = history_bytes + tally.bytes, "
                "snapshot_rows = snapshot_rows + 1 - (SELECT count(*) FROM dropped) FROM tally WHERE id = $1) "
                "INSERT INTO room_snapshots (room_id, payload, crc) SELECT id, $3::bytea, $5::bigint FROM room "
                "RETURNING seq"},
    {"thin", "WITH locked AS (SELECT length(payload) AS bytes FROM room_history "
             "WHERE room_id = $1 AND seq = ANY ($2::bigint[]) FOR UPDATE), "
             "found AS (SELECT sum(bytes) AS bytes FROM locked HAVING count(*) = cardinality($2::bigint[])), "
             "gone AS (DELETE FROM room_history USING found "
             "WHERE room_id = $1 AND seq = ANY ($2::bigint[]) AND seq <> $3::bigint), "
             "merged AS (UPDATE room_history SET payload = $4::bytea, crc = $5::bigint, from_at = $6::bigint, "
             "updates = $7::bigint FROM found WHERE room_id = $1 AND seq = $3::bigint) "
             "UPDATE rooms SET history_rows = greatest(history_rows - cardinality($2::bigint[]) + 1, 0), "
             "history_bytes = history_bytes - found.bytes + length($4::bytea) FROM found WHERE id = $1 "
             "RETURNING 1::bigint"},
    {"update", "UPDATE rooms SET updated_at = greatest(updated_at, $2::bigint), name = coalesce($3, name), "
               "language = coalesce($4, language) WHERE id = $1 RETURNING 1::bigint"},
    {"delete", "DELETE FROM rooms WHERE id = $1 RETURNING 1::bigint"},
    {"touch", "UPDATE rooms SET updated_at = greatest(updated_at, $2::bigint), update_rows = update_rows + $3::bigint "
              "WHERE id = $1"},
    {"outcome", "SELECT txid_status($1::bigint)"},
};

enum step { STEP_NONE, STEP_ROWS, STEP_ROLLBACK, STEP_COMMIT, STEP_DOUBT };

struct pg_writer {
  struct core *core;
  void (*on_state)(struct core *core, const char *reason);
  struct pg_session *session;
  struct loop_timer *timer;  /* asks again what became of a commit */
  struct request *batch;     /* NULL: none under way */
  struct request *answering; /* whose statement's result is next, by driver_next */
  enum step step;            /* of the pipeline under way; of the batch while not connected */
  uint64_t xid;              /* of the transaction under way */
  uint64_t rooms;            /* in the table, as far as we know */
  bool found, committed;     /* the doubt's answer */
  int err;                   /* why the batch is rolled back */
  char reason[CORE_REASON_MAX];
};

/* The batch's statements --------------------------------------------------- */

struct number {
  char text[24];
};

static struct pg_value text_value(const char *text) {
  return (struct pg_value){.data = text, .len = text ? strlen(text) : 0};
}

static struct pg_value number_value(struct number *to, uint64_t value) {
  snprintf(to->text, sizeof to->text, "%llu", (unsigned long long)value);
  return text_value(to->text);
}

static struct pg_value blob_value(const struct blob *blob) {
  return (struct pg_value){.data = blob->data, .len = blob->len, .binary = true};
}

static void send_create(struct pg_conn *c, const struct request *r) {
  struct number created, updated, crc;
  const struct pg_value values[] = {
      text_value(r->room.id),
      text_value(r->room.name),
      text_value(r->room.language),
      text_value(r->room.owner_name),
      text_value(r->room.owner_mail),
      number_value(&created, r->room.created_at),
      number_value(&updated, r->room.updated_at),
      blob_value(r->payload),
      number_value(&crc, rowsum_of(r->room.id, r->author, r->at, r->payload)),
  };
  pg_conn_execute(c, "create", values, 9);
}

static void send_append(struct pg_conn *c, const struct request *r) {
  struct number at, crc;
  const struct pg_value values[] = {text_value(r->room.id), number_value(&at, r->at), text_value(r->author),
                                    blob_value(r->payload),
                                    number_value(&crc, rowsum_of(r->room.id, r->author, r->at, r->payload))};
  pg_conn_execute(c, "append", values, 5);
}

/** "{1,2,3}" */
static int seq_array(const uint64_t *seqs, size_t count, struct buf *out) {
  int err = buf_append_str(out, "{");
  for (size_t i = 0; i < count && !err; i++) err = buf_printf(out, "%s%llu", i ? "," : "", (unsigned long long)seqs[i]);
  if (!err) err = buf_append(out, "}", 2); /* its NUL too */
  return err;
}

static int send_compact(struct pg_conn *c, const struct request *r) {
  struct buf seqs = BUF_INIT, snapshots = BUF_INIT;
  int err = seq_array(r->seqs, r->count, &seqs);
  if (!err) err = seq_array(r->snapshots, r->snapshot_count, &snapshots);
  if (!err) {
    struct number crc;
    const struct pg_value values[] = {text_value(r->room.id), text_value((const char *)seqs.data),
                                      blob_value(r->payload), text_value((const char *)snapshots.data),
                                      number_value(&crc, rowsum_of(r->room.id, "", 0, r->payload))};
    pg_conn_execute(c, "compact", values, 5);
  }
  buf_deinit(&snapshots);
  buf_deinit(&seqs);
  return err;
}

static int send_thin(struct pg_conn *c, const struct request *r) {
  struct buf seqs = BUF_INIT;
  int err = seq_array(r->seqs, r->count, &seqs);
  if (!err) {
    struct number last, crc, from, updates;
    const struct pg_value values[] = {text_value(r->room.id),
                                      text_value((const char *)seqs.data),
                                      number_value(&last, r->seqs[r->count - 1]),
                                      blob_value(r->payload),
                                      number_value(&crc, rowsum_of(r->room.id, r->author, r->at, r->payload)),
                                      number_value(&from, r->from),
                                      number_value(&updates, r->updates)};
    pg_conn_execute(c, "thin", values, 7);
  }
  buf_deinit(&seqs);
  return err;
}

static void send_update(struct pg_conn *c, const struct request *r) {
  struct number at;
  const struct pg_value values[] = {text_value(r->room.id), number_value(&at, r->at), text_value(r->room.name),
                                    text_value(r->room.language)};
  pg_conn_execute(c, "update", values, 4);
}

static int send_request(struct pg_conn *c, const struct request *r) {
  switch (r->kind) {
  case REQUEST_CREATE: send_create(c, r); return 0;
  case REQUEST_APPEND: send_append(c, r); return 0;
  case REQUEST_COMPACT: return send_compact(c, r);
  case REQUEST_THIN: return send_thin(c, r);
  case REQUEST_UPDATE: send_update(c, r); return 0;
  case REQUEST_DELETE: pg_conn_execute(c, "delete", (const struct pg_value[]){text_value(r->room.id)}, 1); return 0;
  default: return ERR_INVALID;
  }
}

/** The time of change and the number of rows of each room that was appended to. */
static void send_touches(struct pg_conn *c, const struct request *batch) {
  for (const struct request *r = batch; r; r = r->next) {
    if (r->kind != REQUEST_APPEND || !r->last_of_room) continue;
    struct number at, rows;
    const struct pg_value values[] = {text_value(r->room.id), number_value(&at, r->at),
                                      number_value(&rows, r->room_rows)};
    pg_conn_execute(c, "touch", values, 3);
  }
}

void pg_writer_commit(struct pg_writer *w, struct request *batch) {
  struct pg_conn *c = pg_session_conn(w->session);
  uint64_t rooms = w->rooms;
  struct request **end = &w->answering;
  w->batch = batch;
  w->step = STEP_ROWS;
  w->xid = 0;
  w->err = 0;
  pg_conn_query(c, "BEGIN");
  pg_conn_query(c, "SELECT txid_current()");
  for (struct request *r = batch; r; r = r->next) {
    r->err = 0;
    if (r->kind == REQUEST_CREATE && rooms++ >= w->core->limits.rooms_max) {
      r->err = ERR_FULL;
      continue;
    }
    if (send_request(c, r) != 0) {
      w->err = ERR_NOMEM; /* the batch is rolled back and comes again */
      break;
    }
    *end = r;
    end = &r->driver_next;
  }
  *end = NULL;
  if (!w->err) send_touches(c, batch);
  pg_conn_run(c);
}

/* What became of it -------------------------------------------------------- */

static void batch_over(struct pg_writer *w, int err, const char *reason) {
  if (!err)
    for (const struct request *r = w->batch; r; r = r->next) {
      if (r->kind == REQUEST_CREATE && !r->err) w->rooms++;
      if (r->kind == REQUEST_DELETE && !r->err && w->rooms) w->rooms--;
    }
  w->batch = w->answering = NULL;
  w->step = STEP_NONE;
  core_write_done(w->core, err, reason);
}

/** A request whose statement found nothing; after a commit that may have happened, that is its success. */
static int missing(const struct request *r) {
  bool done_before = r->unsure && (r->kind == REQUEST_CREATE || r->kind == REQUEST_DELETE);
  if (done_before) return 0;
  return r->kind == REQUEST_CREATE ? ERR_EXISTS : ERR_NOT_FOUND;
}

static void on_rows_result(struct pg_writer *w, size_t index, const PGresult *result) {
  if (index == 1) w->xid = pg_cell_number(result, 0, 0);
  if (index < 2 || !w->answering) return;
  struct request *r = w->answering;
  w->answering = r->driver_next;
  if (PQntuples(result) == 0)
    r->err = missing(r);
  else
    r->seq = pg_cell_number(result, 0, 0);
}

static void on_result(void *ctx, size_t index, const PGresult *result) {
  struct pg_writer *w = ctx;
  if (w->step == STEP_ROWS)
    on_rows_result(w, index, result);
  else if (w->step == STEP_COMMIT)
    w->committed = strcmp(PQcmdStatus((PGresult *)(uintptr_t)result), "COMMIT") == 0;
  else if (w->step == STEP_DOUBT && PQntuples(result) == 1) {
    const char *status = PQgetvalue(result, 0, 0);
    w->found = strcmp(status, "in progress") != 0;
    w->committed = strcmp(status, "committed") == 0;
  }
}

/** Errors that the values caused, and that would come again each time. */
static bool refuses_values(const struct pg_failure *f) {
  return strncmp(f->state, "22", 2) == 0 || strncmp(f->state, "23", 2) == 0 || strncmp(f->state, "54", 2) == 0;
}

/** Another transaction stood in the way (a deadlock, say): at once again. */
static bool is_conflict(const struct pg_failure *f) {
  return strncmp(f->state, "40", 2) == 0;
}

static void run_alone(struct pg_writer *w, enum step step, const char *sql) {
  w->step = step;
  w->committed = false;
  pg_conn_query(pg_session_conn(w->session), sql);
  pg_conn_run(pg_session_conn(w->session));
}

static void rows_end(struct pg_writer *w, const struct pg_failure *failure) {
  if (failure) {
    w->err = refuses_values(failure) ? ERR_INVALID : is_conflict(failure) ? ERR_BUSY : ERR_UNAVAILABLE;
    snprintf(w->reason, sizeof w->reason, "%.140s (%s)", failure->message, failure->state);
  } else if (w->err) {
    snprintf(w->reason, sizeof w->reason, "%s", err_text(w->err));
  }
  if (w->err)
    run_alone(w, STEP_ROLLBACK, "ROLLBACK");
  else
    run_alone(w, STEP_COMMIT, "COMMIT");
}

static void ask_outcome(struct pg_writer *w) {
  struct number xid;
  w->step = STEP_DOUBT;
  w->found = true; /* too old or not known: as if it had not happened */
  w->committed = false;
  pg_conn_execute(pg_session_conn(w->session), "outcome", (const struct pg_value[]){number_value(&xid, w->xid)}, 1);
  pg_conn_run(pg_session_conn(w->session));
}

static void doubt_end(struct pg_writer *w, const struct pg_failure *failure) {
  if (!failure && !w->found) {
    loop_timer_arm(w->timer, DOUBT_RETRY_MS);
    return;
  }
  bool committed = !failure && w->committed;
  log_info(LOG_NONE, "a commit whose answer was lost %s", committed ? "had succeeded" : "is made again");
  for (struct request *r = w->batch; r && !committed; r = r->next) r->unsure = true;
  batch_over(w, committed ? 0 : ERR_UNAVAILABLE, "the connection was lost during a commit");
}

static void on_end(void *ctx, const struct pg_failure *failure) {
  struct pg_writer *w = ctx;
  if (w->step == STEP_ROWS)
    rows_end(w, failure);
  else if (w->step == STEP_ROLLBACK)
    batch_over(w, w->err, w->reason);
  else if (w->step == STEP_DOUBT)
    doubt_end(w, failure);
  else if (w->step == STEP_COMMIT && !failure && w->committed)
    batch_over(w, 0, NULL);
  else
    batch_over(w, ERR_UNAVAILABLE, failure ? failure->message : "the database rolled the commit back");
}

static void on_ready(void *ctx) {
  struct pg_writer *w = ctx;
  w->rooms = pg_session_rooms(w->session);
  if (w->batch) ask_outcome(w);
  w->on_state(w->core, NULL);
}

static void on_lost(void *ctx, const char *reason) {
  struct pg_writer *w = ctx;
  loop_timer_disarm(w->timer);
  w->on_state(w->core, reason);
  bool in_doubt = w->step == STEP_COMMIT || w->step == STEP_DOUBT;
  if (w->batch && !in_doubt) batch_over(w, ERR_UNAVAILABLE, reason);
}

static void on_timer(void *ctx) {
  struct pg_writer *w = ctx;
  if (w->batch && w->step == STEP_DOUBT && pg_session_ready(w->session)) ask_outcome(w);
}

static const struct pg_session_events session_events = {on_ready, on_lost, on_result, on_end};

int pg_writer_create(const struct pg_writer_options *options, struct pg_writer **out) {
  struct pg_writer *w = calloc(1, sizeof *w);
  if (!w) return ERR_NOMEM;
  w->core = options->core;
  w->on_state = options->on_state;
  struct pg_session_options session = {
      .db = options->db,
      .loop = w->core->loop,
      .timeout_ms = w->core->limits.store_timeout_ms,
      .notices_others = true,
      .statements = statements,
      .statement_count = sizeof statements / sizeof statements[0],
      .events = &session_events,
      .ctx = w,
  };
  int err = loop_timer_create(w->core->loop, on_timer, w, &w->timer);
  if (!err) err = pg_session_create(&session, &w->session);
  if (err) {
    pg_writer_destroy(w);
    return err;
  }
  *out = w;
  return 0;
}

void pg_writer_destroy(struct pg_writer *w) {
  if (!w) return;
  pg_session_destroy(w->session);
  loop_timer_destroy(w->timer);
  free(w);
}

bool pg_writer_ready(const struct pg_writer *w) {
  return !w->batch && pg_session_ready(w->session);
}
