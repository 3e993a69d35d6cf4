/* SPDX-License-Identifier: MIT */
/* What is PostgreSQL's own: connections that break, and servers that do not answer. */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backends.h"
#include "base/random.h"
#include "pg_server.h"
#include "proxy.h"
#include "store/postgres.h"

static struct fixture fixture;
static struct pg_server server;
static struct proxy *proxy;

/** A store that talks through the proxy, by a name that must be resolved. */
static void open_store(struct fixture *f) {
  static char host[] = "localhost";
  struct config_db db = pg_server_config(&server);
  struct buf error = BUF_INIT;
  uint16_t port;
  assert_int_equal(random_id(f->room), 0);
  proxy = proxy_start((uint16_t)atoi(server.port), &port);
  assert_non_null(proxy);
  db.host = host;
  db.port = port;
  assert_int_equal(loop_create(NULL, &f->loop), 0);
  assert_int_equal(
      postgres_store_create(&(struct postgres_store_options){&db, f->loop, f->metrics, &f->limits}, &f->store, &error),
      0);
}

/** Somebody else's connection that holds a lock against every insert. */
static PGconn *lock_updates(void) {
  const char *const names[] = {"host", "port", "user", "dbname", NULL};
  const char *const values[] = {server.host, server.port, server.user, server.database, NULL};
  PGconn *pg = PQconnectdbParams(names, values, 0);
  PGresult *result = PQexec(pg, "BEGIN; LOCK TABLE room_updates IN EXCLUSIVE MODE");
  assert_int_equal(PQresultStatus(result), PGRES_COMMAND_OK);
  PQclear(result);
  return pg;
}

static int setup(void **state) {
  fixture.limits = LIMITS_DEFAULT;
  fixture.limits.store_timeout_ms = 2500;
  open_store(&fixture);
  *state = &fixture;
  wait_up(&fixture, true);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  fixture_close(&fixture);
  proxy_stop(proxy);
  return 0;
}

static void run_sql(const char *sql) {
  char command[512];
  snprintf(command, sizeof command, "psql -q -h %s -p %s -U %s -d %s -c \"%s\" >/dev/null", server.host, server.port,
           server.user, server.database, sql);
  assert_int_equal(system(command), 0);
}

static void a_commit_whose_answer_is_lost_is_neither_lost_nor_repeated(void **state) {
  struct fixture *f = *state;
  struct outcome o[3] = {0};
  struct loaded_copy got;
  assert_int_equal(create_room(f, f->room, "0"), 0);
  proxy_set(proxy, PROXY_LOSE_COMMIT_ANSWER);
  for (int i = 0; i < 3; i++) assert_int_equal(start_append(f, f->room, "x", &o[i]), 0);
  assert_int_equal(flush_store(f), 0);
  assert_int_equal(proxy_cuts(proxy), 1);
  assert_int_equal(load_room(f, f->room, &got), 0);
  assert_string_equal(got.text, "0,x,x,x");
  for (int i = 0; i < 3; i++) {
    assert_int_equal(o[i].err, 0);
    assert_int_equal(o[i].seq, got.seqs[i + 1]);
  }
}

static void a_commit_that_never_arrived_is_made_again(void **state) {
  struct fixture *f = *state;
  struct outcome o[3] = {0};
  struct loaded_copy got;
  assert_int_equal(create_room(f, f->room, "0"), 0);
  proxy_set(proxy, PROXY_LOSE_COMMIT);
  for (int i = 0; i < 3; i++) assert_int_equal(start_append(f, f->room, "x", &o[i]), 0);
  assert_int_equal(flush_store(f), 0);
  assert_int_equal(proxy_cuts(proxy), 1);
  assert_int_equal(load_room(f, f->room, &got), 0);
  assert_string_equal(got.text, "0,x,x,x");
}

static void a_room_created_by_a_commit_whose_answer_is_lost_is_created(void **state) {
  struct fixture *f = *state;
  proxy_set(proxy, PROXY_LOSE_COMMIT_ANSWER);
  assert_int_equal(create_room(f, f->room, "0"), 0);
  assert_int_equal(proxy_cuts(proxy), 1);
  assert_int_equal(create_room(f, f->room, "0"), ERR_EXISTS);
}

static void a_server_that_stops_answering_is_down_until_it_answers(void **state) {
  struct fixture *f = *state;
  struct outcome o = {0};
  struct loaded_copy got;
  assert_int_equal(create_room(f, f->room, "0"), 0);
  proxy_set(proxy, PROXY_HOLD);
  assert_int_equal(start_append(f, f->room, "x", &o), 0);
  wait_up(f, false);
  assert_int_equal(ping_store(f), ERR_UNAVAILABLE);
  run_for(f, 1000);
  assert_int_equal(o.calls, 0);
  proxy_set(proxy, PROXY_PASS);
  wait_for(f, &o);
  assert_int_equal(o.err, 0);
  assert_int_equal(load_room(f, f->room, &got), 0);
  assert_string_equal(got.text, "0,x");
}

static void a_locked_table_stalls_and_neither_fails_nor_acknowledges(void **state) {
  struct fixture *f = *state;
  struct outcome o = {0};
  struct loaded_copy got;
  assert_int_equal(create_room(f, f->room, "0"), 0);
  PGconn *lock = lock_updates();
  assert_int_equal(start_append(f, f->room, "x", &o), 0);
  wait_up(f, false);
  run_for(f, 3000); /* past the statement's deadline */
  assert_int_equal(o.calls, 0);
  assert_false(status_of(f).up);
  PQfinish(lock);
  wait_for(f, &o);
  assert_int_equal(o.err, 0);
  assert_int_equal(load_room(f, f->room, &got), 0);
  assert_string_equal(got.text, "0,x");
}

static void one_value_that_is_refused_does_not_hold_up_the_others(void **state) {
  struct fixture *f = *state;
  struct outcome o[3] = {0};
  struct loaded_copy got;
  struct blob *blob = blob_create("bad", 3);
  assert_int_equal(create_room(f, f->room, "0"), 0);
  assert_int_equal(start_append(f, f->room, "x", &o[0]), 0);
  assert_int_equal(f->store->ops->append(f->store, f->room, "not UTF-8: \xff", 1, blob, on_appended, &o[1]), 0);
  assert_int_equal(start_append(f, f->room, "y", &o[2]), 0);
  blob_unref(blob);
  assert_int_equal(flush_store(f), 0);
  assert_int_equal(o[0].err, 0);
  assert_int_equal(o[1].err, ERR_INVALID);
  assert_int_equal(o[2].err, 0);
  assert_int_equal(load_room(f, f->room, &got), 0);
  assert_string_equal(got.text, "0,x,y");
}

static void a_load_does_not_wait_for_commits_of_other_rooms(void **state) {
  struct fixture *f = *state;
  struct outcome o = {0};
  struct loaded_copy got;
  char other[STORE_ROOM_ID_MAX + 1];
  snprintf(other, sizeof other, "%s-b", f->room);
  assert_int_equal(create_room(f, f->room, "0"), 0);
  assert_int_equal(create_room(f, other, "other"), 0);
  PGconn *lock = lock_updates();
  assert_int_equal(start_append(f, f->room, "x", &o), 0);
  run_for(f, 50);
  assert_int_equal(load_room(f, other, &got), 0);
  assert_string_equal(got.text, "other");
  assert_int_equal(o.calls, 0);
  PQfinish(lock);
  wait_for(f, &o);
}

static void a_newer_schema_is_refused_with_a_reason(void **state) {
  struct fixture *f = *state;
  teardown(state);
  run_sql("INSERT INTO schema_version (version) VALUES (999)");
  open_store(f);
  for (int i = 0; i < 100 && !strstr(status_of(f).reason, "999"); i++) run_for(f, 100);
  assert_false(status_of(f).up);
  assert_non_null(strstr(status_of(f).reason, "999"));
  assert_int_equal(ping_store(f), ERR_UNAVAILABLE);
  run_sql("DELETE FROM schema_version WHERE version = 999");
  wait_up(f, true);
}

static void a_server_that_is_down_at_the_start_is_waited_for(void **state) {
  struct fixture *f = *state;
  struct outcome o = {0};
  teardown(state);
  assert_int_equal(pg_server_command("stop", f->dir, "fast"), 0);
  open_store(f);
  assert_false(status_of(f).up);
  assert_int_equal(ping_store(f), ERR_UNAVAILABLE);
  assert_string_not_equal(status_of(f).reason, "");
  assert_int_equal(start_append(f, f->room, "x", &o), 0);
  assert_int_equal(pg_server_start(f->dir, &server), 0);
  wait_for(f, &o);
  assert_int_equal(o.err, ERR_NOT_FOUND); /* written when it came: there is no such room */
  assert_int_equal(create_room(f, f->room, "0"), 0);
}

static void a_host_that_does_not_exist_is_a_reason_and_not_a_crash(void **state) {
  struct fixture *f = *state;
  static char host[] = "no-such-host.invalid";
  struct config_db db = {.host = host, .port = 5432};
  struct buf error = BUF_INIT;
  struct store *store = NULL;
  struct store_status status;
  struct postgres_store_options options = {&db, f->loop, NULL, &f->limits};
  assert_int_equal(postgres_store_create(&options, &store, &error), 0);
  run_for(f, 300);
  store->ops->status(store, &status);
  assert_false(status.up);
  store_destroy(store); /* while a name may be being resolved */
  db.host = NULL;
  assert_int_equal(postgres_store_create(&options, &store, &error), ERR_INVALID);
  buf_deinit(&error);
}

#define TEST(name)                                                                                                     \
  { #name, name, setup, teardown, NULL }

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_commit_whose_answer_is_lost_is_neither_lost_nor_repeated),
      TEST(a_commit_that_never_arrived_is_made_again),
      TEST(a_room_created_by_a_commit_whose_answer_is_lost_is_created),
      TEST(a_server_that_stops_answering_is_down_until_it_answers),
      TEST(a_locked_table_stalls_and_neither_fails_nor_acknowledges),
      TEST(one_value_that_is_refused_does_not_hold_up_the_others),
      TEST(a_load_does_not_wait_for_commits_of_other_rooms),
      TEST(a_newer_schema_is_refused_with_a_reason),
      TEST(a_server_that_is_down_at_the_start_is_waited_for),
      TEST(a_host_that_does_not_exist_is_a_reason_and_not_a_crash),
  };
  fixture_init(&fixture, &backend_postgres);
  if (pg_server_start(fixture.dir, &server) != 0) return 1;
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  fixture_deinit(&fixture);
  return failed;
}
