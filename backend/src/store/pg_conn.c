/* SPDX-License-Identifier: MIT */
#include "store/pg_conn.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "store/pg_params.h"
#include "store/resolve.h"

enum { BACKOFF_MIN_MS = 250, BACKOFF_MAX_MS = 2000, VALUES_MAX = 10 };

enum state { STATE_CLOSED, STATE_WAITING, STATE_RESOLVING, STATE_CONNECTING, STATE_IDLE, STATE_RUNNING };

struct pg_conn {
  struct loop *loop;
  const struct pg_conn_events *events;
  void *ctx;
  struct config_db db; /* copies */
  uint64_t timeout_ms, backoff_ms;
  enum state state;
  PGconn *pg;               /* CONNECTING, IDLE, RUNNING */
  struct loop_watch *watch; /* of its socket */
  struct loop_timer *timer; /* WAITING: next try; else the deadline */
  struct resolve *resolve;  /* RESOLVING */
  size_t index;             /* of the statement whose result is next */
  bool broken;              /* a statement could not be added */
  bool failed;              /* failure is set */
  struct pg_failure failure;
};

static void connect_start(struct pg_conn *c, const struct resolve_answer *addresses);
static void on_io(void *ctx, unsigned ready);

/** The first line of a message. */
static void first_line(char *to, size_t cap, const char *message) {
  size_t len = strcspn(message, "\n");
  snprintf(to, cap, "%.*s", (int)(len < cap ? len : cap - 1), message);
}

static void close_pg(struct pg_conn *c) {
  loop_watch_destroy(c->watch);
  c->watch = NULL;
  resolve_destroy(c->resolve);
  c->resolve = NULL;
  PQfinish(c->pg);
  c->pg = NULL;
}

void pg_conn_drop(struct pg_conn *c, const char *reason) {
  char kept[160];
  first_line(kept, sizeof kept, reason && reason[0] ? reason : "the connection was lost");
  close_pg(c);
  c->state = STATE_WAITING;
  c->broken = false;
  c->backoff_ms = c->backoff_ms ? c->backoff_ms * 2 : BACKOFF_MIN_MS;
  if (c->backoff_ms > BACKOFF_MAX_MS) c->backoff_ms = BACKOFF_MAX_MS;
  loop_timer_arm(c->timer, c->backoff_ms);
  c->events->on_lost(c->ctx, kept);
}

static void drop_pg(struct pg_conn *c) {
  pg_conn_drop(c, PQerrorMessage(c->pg));
}

void pg_conn_settled(struct pg_conn *c) {
  c->backoff_ms = 0;
}

bool pg_conn_idle(const struct pg_conn *c) {
  return c->state == STATE_IDLE;
}

/* Connecting --------------------------------------------------------------- */

static bool is_numeric(const char *host) {
  unsigned char address[sizeof(struct in6_addr)];
  return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
}

static void on_resolved(void *ctx, const struct resolve_answer *answer) {
  struct pg_conn *c = ctx;
  resolve_destroy(c->resolve);
  c->resolve = NULL;
  if (answer->count) {
    connect_start(c, answer);
    return;
  }
  char reason[400];
  snprintf(reason, sizeof reason, "cannot resolve the host name \"%.200s\": %s", c->db.host, answer->reason);
  pg_conn_drop(c, reason);
}

static void start(struct pg_conn *c) {
  loop_timer_arm(c->timer, c->timeout_ms);
  if (c->db.host[0] == '/' || is_numeric(c->db.host)) {
    connect_start(c, NULL);
    return;
  }
  c->state = STATE_RESOLVING;
  if (resolve_start(c->loop, c->db.host, on_resolved, c, &c->resolve) != 0)
    pg_conn_drop(c, "cannot start a thread to resolve the host name");
}

static void on_timer(void *ctx) {
  struct pg_conn *c = ctx;
  if (c->state == STATE_WAITING)
    start(c);
  else if (c->state == STATE_RUNNING && c->broken)
    drop_pg(c);
  else if (c->state == STATE_RUNNING)
    pg_conn_drop(c, "the database does not answer in time");
  else if (c->state != STATE_CLOSED && c->state != STATE_IDLE)
    pg_conn_drop(c, c->state == STATE_RESOLVING ? "the host name is not resolved in time"
                                                : "the database does not accept a connection in time");
}

static void log_notice(void *ctx, const char *message) {
  (void)ctx;
  char line[200];
  first_line(line, sizeof line, message);
  log_debug(LOG_NONE, "postgresql: %s", line);
}

/** host and hostaddr as lists of the same length: each address is tried in turn, names are checked for TLS. */
static int address_lists(const struct pg_conn *c, const struct resolve_answer *a, struct buf *hosts,
                         struct buf *addresses) {
  size_t count = a ? a->count : 0;
  int err = count ? 0 : buf_append_str(hosts, c->db.host);
  for (size_t i = 0; i < count && !err; i++) {
    err = buf_printf(hosts, "%s%s", i ? "," : "", c->db.host);
    if (!err) err = buf_printf(addresses, "%s%s", i ? "," : "", a->address[i]);
  }
  if (!err) err = buf_append_byte(hosts, 0);
  if (!err) err = buf_append_byte(addresses, 0);
  return err;
}

/** Watch what libpq waits for; its socket may change from one step to the next. */
static void connect_watch(struct pg_conn *c, unsigned want) {
  loop_watch_destroy(c->watch);
  c->watch = NULL;
  if (loop_watch_create(c->loop, PQsocket(c->pg), want, on_io, c, &c->watch) != 0)
    pg_conn_drop(c, "cannot watch the connection");
}

/**
 * "yoke 12@host#5f0c31d9": one name for all connections of this process, and of no other: in containers process and
 * host may be the same. PostgreSQL cuts it after 63 bytes.
 */
static void name_ourselves(char *out, size_t cap) {
  static uint32_t number; /* 0: not drawn yet */
  char host[HOST_NAME_MAX + 1] = "";
  while (!number)
    if (random_bytes(&number, sizeof number) != 0) number = (uint32_t)clock_unix_ms() | 1;
  if (gethostname(host, sizeof host - 1) != 0 || !host[0]) snprintf(host, sizeof host, "localhost");
  snprintf(out, cap, PG_CONN_NAME "%ld@%.40s#%08" PRIx32, (long)getpid(), host, number);
}

static void connect_start(struct pg_conn *c, const struct resolve_answer *addresses) {
  struct buf hosts = BUF_INIT, numbers = BUF_INIT;
  struct pg_params params;
  char patience[24], name[96];
  name_ourselves(name, sizeof name);
  snprintf(patience, sizeof patience, "%llu", (unsigned long long)c->timeout_ms);
  c->state = STATE_CONNECTING;
  if (address_lists(c, addresses, &hosts, &numbers) == 0) {
    pg_params_init(&params, &c->db);
    pg_params_set(&params, "host", (const char *)hosts.data);
    pg_params_set(&params, "hostaddr", (const char *)numbers.data);
    pg_params_set(&params, "keepalives_idle", "10");
    pg_params_set(&params, "keepalives_interval", "5");
    pg_params_set(&params, "keepalives_count", "3");
    pg_params_set(&params, "tcp_user_timeout", patience);
    pg_params_set(&params, "application_name", name);
    c->pg = PQconnectStartParams(params.names, params.values, 0);
  }
  buf_deinit(&hosts);
  buf_deinit(&numbers);
  if (!c->pg)
    pg_conn_drop(c, "out of memory");
  else if (PQstatus(c->pg) == CONNECTION_BAD)
    drop_pg(c);
  else {
    PQsetNoticeProcessor(c->pg, log_notice, NULL);
    connect_watch(c, LOOP_WRITE);
  }
}

static void connect_step(struct pg_conn *c) {
  switch (PQconnectPoll(c->pg)) {
  case PGRES_POLLING_READING: connect_watch(c, LOOP_READ); break;
  case PGRES_POLLING_WRITING: connect_watch(c, LOOP_WRITE); break;
  case PGRES_POLLING_OK:
    connect_watch(c, LOOP_READ);
    if (c->state != STATE_CONNECTING) break;
    if (PQsetnonblocking(c->pg, 1) != 0 || PQenterPipelineMode(c->pg) != 1) {
      drop_pg(c);
      break;
    }
    loop_timer_disarm(c->timer);
    c->state = STATE_IDLE;
    c->events->on_connected(c->ctx);
    break;
  default: drop_pg(c); break;
  }
}

/* Pipelines ---------------------------------------------------------------- */

void pg_conn_query(struct pg_conn *c, const char *sql) {
  if (!PQsendQueryParams(c->pg, sql, 0, NULL, NULL, NULL, NULL, 1)) c->broken = true;
}

void pg_conn_prepare(struct pg_conn *c, const char *name, const char *sql) {
  if (!PQsendPrepare(c->pg, name, sql, 0, NULL)) c->broken = true;
}

void pg_conn_execute(struct pg_conn *c, const char *name, const struct pg_value *values, size_t count) {
  const char *data[VALUES_MAX];
  int lengths[VALUES_MAX], formats[VALUES_MAX];
  if (count > VALUES_MAX) count = VALUES_MAX;
  for (size_t i = 0; i < count; i++) {
    data[i] = values[i].data;
    lengths[i] = (int)values[i].len;
    formats[i] = values[i].binary;
    if (values[i].len > INT32_MAX) c->broken = true;
  }
  if (c->broken || !PQsendQueryPrepared(c->pg, name, (int)count, data, lengths, formats, 1)) c->broken = true;
}

static void end_run(struct pg_conn *c) {
  c->state = STATE_IDLE;
  loop_timer_disarm(c->timer);
  c->events->on_end(c->ctx, c->failed ? &c->failure : NULL);
}

static void take_failure(struct pg_conn *c, const PGresult *result) {
  if (c->failed) return;
  const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  c->failed = true;
  snprintf(c->failure.state, sizeof c->failure.state, "%s", state ? state : "");
  first_line(c->failure.message, sizeof c->failure.message, text ? text : PQresultErrorMessage(result));
}

static void take_result(struct pg_conn *c, PGresult *result) {
  switch (PQresultStatus(result)) {
  case PGRES_PIPELINE_SYNC: end_run(c); break;
  case PGRES_TUPLES_OK:
  case PGRES_COMMAND_OK: c->events->on_result(c->ctx, c->index++, result); break;
  case PGRES_PIPELINE_ABORTED: c->index++; break;
  default:
    c->index++;
    take_failure(c, result);
    break;
  }
  PQclear(result);
}

/** Everything that has arrived. A NULL ends each statement; two in a row: nothing is left. */
static void take_results(struct pg_conn *c) {
  int nulls = 0;
  while (c->state == STATE_RUNNING && nulls < 2 && !PQisBusy(c->pg)) {
    PGresult *result = PQgetResult(c->pg);
    nulls = result ? 0 : nulls + 1;
    if (result) take_result(c, result);
  }
}

/** Give libpq's output to the socket; what does not fit goes when it is writable. */
static int flush(struct pg_conn *c) {
  int left = PQflush(c->pg);
  if (left < 0) return ERR_IO;
  return loop_watch_set(c->watch, left ? LOOP_READ | LOOP_WRITE : LOOP_READ);
}

static void on_io(void *ctx, unsigned ready) {
  struct pg_conn *c = ctx;
  if (c->state == STATE_CONNECTING) {
    connect_step(c);
    return;
  }
  bool alive = true;
  if (ready & LOOP_READ) alive = PQconsumeInput(c->pg) == 1;
  if (alive) alive = flush(c) == 0;
  if (alive) take_results(c);
  if (c->pg && (!alive || PQstatus(c->pg) == CONNECTION_BAD)) drop_pg(c);
}

void pg_conn_run(struct pg_conn *c) {
  c->state = STATE_RUNNING;
  c->index = 0;
  c->failed = false;
  loop_timer_arm(c->timer, c->timeout_ms + 500); /* the server's own statement_timeout comes first */
  if (c->broken || !PQpipelineSync(c->pg) || flush(c) != 0) {
    c->broken = true;
    loop_timer_arm(c->timer, 0);
  }
}

uint64_t pg_cell_number(const PGresult *result, int row, int column) {
  const unsigned char *bytes = (const unsigned char *)PQgetvalue(result, row, column);
  if (PQgetlength(result, row, column) != 8) return 0;
  uint64_t value = 0;
  for (size_t i = 0; i < 8; i++) value = value << 8 | bytes[i];
  return value;
}

/* Life --------------------------------------------------------------------- */

static char *copy(const char *text, bool *failed) {
  char *out = text ? strdup(text) : NULL;
  if (text && !out) *failed = true;
  return out;
}

int pg_conn_create(const struct pg_conn_options *options, struct pg_conn **out) {
  struct pg_conn *c = calloc(1, sizeof *c);
  if (!c) return ERR_NOMEM;
  bool failed = false;
  c->loop = options->loop;
  c->events = options->events;
  c->ctx = options->ctx;
  c->timeout_ms = options->timeout_ms;
  c->db.host = copy(options->db->host, &failed);
  c->db.user = copy(options->db->user, &failed);
  c->db.password = copy(options->db->password, &failed);
  c->db.database = copy(options->db->database, &failed);
  c->db.sslmode = copy(options->db->sslmode, &failed);
  c->db.port = options->db->port;
  if (failed || loop_timer_create(c->loop, on_timer, c, &c->timer) != 0) {
    pg_conn_destroy(c);
    return ERR_NOMEM;
  }
  *out = c;
  return 0;
}

void pg_conn_open(struct pg_conn *c) {
  if (c->state != STATE_CLOSED) return;
  c->state = STATE_WAITING;
  loop_timer_arm(c->timer, 0);
}

void pg_conn_destroy(struct pg_conn *c) {
  if (!c) return;
  close_pg(c);
  loop_timer_destroy(c->timer);
  free(c->db.host);
  free(c->db.user);
  free(c->db.password);
  free(c->db.database);
  free(c->db.sslmode);
  free(c);
}
