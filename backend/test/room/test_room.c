/* SPDX-License-Identifier: MIT */
/* A room and its members, over a store whose commits the test decides on. */
#include <string.h>

#include "base/log.h"
#include "fixture.h"
#include "room/state.h"

static struct fixture f;
static struct peer a, b;

static void join_two(void) {
  peer_join(&a, &f, MEMBER_YJS, 11);
  peer_join(&b, &f, MEMBER_YJS, 22);
}

static void leave_two(void) {
  peer_leave(&a);
  peer_leave(&b);
}

static void read_two(void) {
  peer_read(&a);
  peer_read(&b);
}

static void one_who_joins_gets_the_document(void **state) {
  (void)state;
  peer_join(&a, &f, MEMBER_YJS, 11);
  assert_string_equal(peer_text(&a), "hello");
  peer_leave(&a);
}

static void an_edit_reaches_the_others_and_not_its_author(void **state) {
  (void)state;
  join_two();
  peer_type(&a, 5, " world");
  peer_type(&b, 0, "> ");
  peer_type(&a, 0, "# ");
  fixture_turn(&f);
  read_two();
  assert_int_equal(a.updates, 1);
  assert_int_equal(b.updates, 2);
  assert_string_equal(room_text(&f), peer_text(&a));
  assert_string_equal(room_text(&f), peer_text(&b));
  leave_two();
}

static void one_who_joins_in_the_middle_of_a_turn_misses_nothing(void **state) {
  (void)state;
  peer_join(&a, &f, MEMBER_YJS, 11);
  peer_type(&a, 0, "1");
  peer_join(&b, &f, MEMBER_YJS, 22);
  assert_string_equal(peer_text(&b), "1hello");
  peer_type(&a, 0, "2");
  fixture_turn(&f);
  peer_read(&b);
  assert_string_equal(peer_text(&b), "21hello");
  leave_two();
}

static void saved_comes_after_the_commit_and_never_before(void **state) {
  (void)state;
  join_two();
  peer_type(&a, 0, "x");
  peer_ask_saved(&a, 7);
  fixture_turn(&f);
  read_two();
  assert_int_equal(a.saved, 0);
  assert_string_equal(peer_text(&b), "xhello"); /* the others need not wait */
  fixture_settle(&f);
  read_two();
  assert_int_equal(a.saved, 7);
  assert_int_equal(b.saved, 0);
  leave_two();
}

static void with_nothing_to_wait_for_saved_comes_at_once(void **state) {
  (void)state;
  peer_join(&a, &f, MEMBER_YJS, 11);
  peer_ask_saved(&a, 1);
  fixture_turn(&f);
  peer_read(&a);
  assert_int_equal(a.saved, 1);
  peer_leave(&a);
}

static void a_repeated_update_waits_for_the_commit_of_the_first(void **state) {
  (void)state;
  join_two();
  peer_type(&a, 0, "x");
  fixture_turn(&f);
  peer_read(&b);
  yata_buf all = YATA_BUF_INIT;
  struct buf message = BUF_INIT;
  assert_int_equal(yata_encode_state_as_update(b.doc, NULL, 0, &all), 0);
  assert_int_equal(yproto_append_step2(&message, all.data, all.len), 0);
  peer_send(&b, message.data, message.len);
  peer_ask_saved(&b, 3);
  fixture_turn(&f);
  peer_read(&b);
  assert_int_equal(b.saved, 0);
  fixture_settle(&f);
  peer_read(&b);
  assert_int_equal(b.saved, 3);
  assert_int_equal(f.store.row_count, 2); /* the repetition is not stored again */
  yata_buf_deinit(&all);
  buf_deinit(&message);
  leave_two();
}

static void a_long_log_is_compacted_piece_by_piece(void **state) {
  (void)state;
  f.limits.compact_rows = 8;
  peer_join(&a, &f, MEMBER_YJS, 11);
  for (int i = 0; i < 99; i++) peer_type(&a, 0, "x"); /* and one row from its making */
  fixture_settle(&f);
  registry_tick(f.registry, f.now_ms, 1);
  fixture_settle(&f);
  assert_int_equal(f.store.compactions, 3); /* 32 rows each; 4 are left */
  size_t rows = 0;
  for (size_t i = 0; i < f.store.row_count; i++) rows += f.store.rows[i] != NULL;
  assert_int_equal(rows, 4);
  peer_leave(&a);
}

static void a_history_there_is_no_memory_for_is_looked_at_ever_less_often(void **state) {
  (void)state;
  f.limits.compact_rows = 8;
  f.store.fail_history = ERR_NOMEM;
  peer_join(&a, &f, MEMBER_YJS, 11);
  for (int i = 0; i < 10; i++) peer_type(&a, 0, "x");
  fixture_settle(&f);
  size_t asked[3];
  for (int i = 0; i < 3; i++) {
    size_t before = f.store.histories;
    for (int tick = 0; tick < 512; tick++) {
      registry_tick(f.registry, f.now_ms, 1);
      fixture_settle(&f);
    }
    asked[i] = f.store.histories - before;
  }
  assert_in_range(asked[0], 4, 8);
  assert_in_range(asked[1], 1, 2);
  assert_in_range(asked[2], 1, 2);
  peer_leave(&a);
}

static void put_away(void) {
  fixture_release(&f);
  f.now_ms += f.limits.room_idle_ms;
  registry_tick(f.registry, f.now_ms, 1);
}

static void expect_healed(void) {
  peer_type(&a, 0, "y");
  peer_ask_saved(&a, 2);
  fixture_settle(&f);
  peer_read(&a);
  assert_int_equal(a.saved, 0); /* nothing after the gap is acknowledged */
  registry_tick(f.registry, f.now_ms, 1);
  fixture_settle(&f);
  peer_read(&a);
  assert_int_equal(a.saved, 2);
  peer_leave(&a);
  fixture_release(&f);
  f.now_ms += f.limits.room_idle_ms;
  registry_tick(f.registry, f.now_ms, 1);
  struct registry_stats stats;
  registry_stats(f.registry, &stats);
  assert_int_equal(stats.rooms_loaded, 0);
  fixture_open(&f);
  assert_string_equal(room_text(&f), "yxhello");
}

static void what_the_store_failed_to_write_is_made_up_for_before_anything_is_acknowledged(void **state) {
  (void)state;
  peer_join(&a, &f, MEMBER_YJS, 11);
  f.store.fail_append = ERR_NOMEM;
  peer_type(&a, 0, "x");
  peer_ask_saved(&a, 1);
  expect_healed();
}

static void what_the_store_did_not_take_is_made_up_for_before_anything_is_acknowledged(void **state) {
  (void)state;
  peer_join(&a, &f, MEMBER_YJS, 11);
  f.store.refuse_append = ERR_NOMEM;
  peer_type(&a, 0, "x");
  peer_ask_saved(&a, 1);
  expect_healed();
}

static void what_fails_while_that_is_being_made_up_for_is_made_up_for_too(void **state) {
  (void)state;
  peer_join(&a, &f, MEMBER_YJS, 11);
  f.store.fail_append = ERR_NOMEM;
  peer_type(&a, 0, "one ");
  fixture_settle(&f);
  registry_tick(f.registry, f.now_ms, 1); /* the whole state is under way */
  f.store.refuse_append = ERR_NOMEM;
  peer_type(&a, 0, "two ");
  peer_ask_saved(&a, 6);
  fixture_settle(&f);
  peer_type(&a, 0, "three ");
  fixture_settle(&f);
  peer_read(&a);
  assert_int_equal(a.saved, 0);
  registry_tick(f.registry, f.now_ms, 2);
  fixture_settle(&f);
  peer_read(&a);
  assert_int_equal(a.saved, 6);
  peer_leave(&a);
  fixture_settle(&f);
  put_away();
  fixture_open(&f);
  assert_string_equal(room_text(&f), "three two one hello");
}

static void an_empty_room_is_unloaded_and_comes_back_as_it_was(void **state) {
  (void)state;
  peer_join(&a, &f, MEMBER_YJS, 11);
  peer_type(&a, 5, "!");
  peer_leave(&a);
  fixture_release(&f);
  f.now_ms += f.limits.room_idle_ms;
  struct registry_stats stats;
  registry_tick(f.registry, f.now_ms, 1);
  registry_stats(f.registry, &stats);
  assert_int_equal(stats.rooms_loaded, 1); /* not while a commit is under way */
  fixture_settle(&f);
  registry_tick(f.registry, f.now_ms, 1);
  registry_stats(f.registry, &stats);
  assert_int_equal(stats.rooms_loaded, 0);
  fixture_open(&f);
  assert_string_equal(room_text(&f), "hello!");
}

static void compaction_keeps_the_rows_that_came_meanwhile(void **state) {
  (void)state;
  f.limits.compact_rows = 8;
  peer_join(&a, &f, MEMBER_YJS, 11);
  for (int i = 0; i < 10; i++) peer_type(&a, 0, "x");
  fixture_settle(&f);
  registry_tick(f.registry, f.now_ms, 1); /* compaction starts */
  peer_type(&a, 0, "late");
  fixture_settle(&f);
  assert_int_equal(f.store.compactions, 1);
  size_t rows = 0;
  for (size_t i = 0; i < f.store.row_count; i++) rows += f.store.rows[i] != NULL;
  assert_int_equal(rows, 1);
  peer_leave(&a);
  fixture_release(&f);
  f.now_ms += f.limits.room_idle_ms;
  registry_tick(f.registry, f.now_ms, 1);
  fixture_settle(&f);
  fixture_open(&f);
  assert_string_equal(room_text(&f), "latexxxxxxxxxxhello");
}

static void a_load_that_fails_refuses_the_room_and_writes_nothing(void **state) {
  (void)state;
  put_away();
  size_t rows = f.store.row_count;
  f.store.fail_load = ERR_UNAVAILABLE;
  fixture_open(&f);
  assert_int_equal(f.open_err, ERR_UNAVAILABLE);
  assert_null(f.room);
  f.store.fail_load = 0;
  fixture_open(&f);
  assert_int_equal(f.open_err, 0);
  assert_string_equal(room_text(&f), "hello");
  assert_int_equal(f.store.row_count, rows);
}

static void a_damaged_row_refuses_the_room_and_leaves_it_alone(void **state) {
  (void)state;
  put_away();
  struct blob *good = f.store.rows[0];
  f.store.rows[0] = blob_create("\x01\x01\xff", 3);
  fixture_open(&f);
  assert_int_equal(f.open_err, ERR_CORRUPT);
  blob_unref(f.store.rows[0]);
  f.store.rows[0] = good;
  assert_int_equal(f.store.row_count, 1);
  fixture_open(&f);
  assert_string_equal(room_text(&f), "hello");
}

static void what_was_accepted_is_read_back_whatever_the_limits_say_now(void **state) {
  (void)state;
  static const uint8_t waits[] = {0,   2,   22,  1,   1,   77,  5,   4,   1,   1,   't', 12, 'w',
                                  'h', 'a', 't', ' ', 'w', 'a', 'i', 't', 's', '.', '.', 0};
  uint8_t too_early[sizeof waits];
  memcpy(too_early, waits, sizeof waits);
  too_early[5] = 78; /* another client */
  peer_join(&a, &f, MEMBER_YJS, 11);
  peer_send(&a, waits, sizeof waits);
  fixture_settle(&f);
  assert_int_equal(a.closed, 0);
  peer_leave(&a);
  put_away();
  f.limits.pending_max_bytes = 16;
  fixture_open(&f);
  assert_int_equal(f.open_err, 0);
  assert_string_equal(room_text(&f), "hello");
  peer_join(&a, &f, MEMBER_YJS, 11); /* the limits hold for members as before */
  peer_send(&a, too_early, sizeof too_early);
  assert_int_equal(a.closed, ROOM_CLOSE_PENDING_FULL);
  peer_leave(&a);
}

static void a_malformed_update_closes_its_sender_alone(void **state) {
  (void)state;
  const uint8_t bad[] = {0, 2, 3, 1, 9, 9};
  join_two();
  peer_send(&a, bad, sizeof bad);
  assert_int_equal(a.closed, ROOM_CLOSE_MALFORMED);
  peer_type(&b, 0, "go on ");
  fixture_settle(&f);
  assert_int_equal(b.closed, 0);
  assert_string_equal(room_text(&f), "go on hello");
  leave_two();
}

static void a_room_does_not_grow_past_its_limit(void **state) {
  (void)state;
  peer_join(&a, &f, MEMBER_YJS, 11);
  f.limits.document_max_bytes = 250;
  peer_type(&a, 0, "0123456789012345678901234567890123456789012345678901234567890123456789");
  peer_type(&a, 0, "0123456789012345678901234567890123456789012345678901234567890123456789");
  assert_int_equal(a.closed, ROOM_CLOSE_TOO_LARGE);
  peer_leave(&a);
}

static void on_deleted(void *ctx, int err) {
  *(int *)ctx = err;
}

static void only_its_creator_deletes_a_room_and_then_everybody_is_told(void **state) {
  (void)state;
  int err = 1;
  peer_join(&a, &f, MEMBER_YJS, 11);
  assert_int_equal(registry_delete_room(f.registry, f.id, "eve@example.org", on_deleted, &err), 0);
  fixture_settle(&f);
  assert_int_equal(err, ERR_DENIED);
  assert_int_equal(a.closed, 0);
  assert_int_equal(registry_delete_room(f.registry, f.id, "Ann@Example.org", on_deleted, &err), 0);
  fixture_settle(&f);
  assert_int_equal(err, 0);
  assert_int_equal(a.closed, ROOM_CLOSE_DELETED);
  peer_leave(&a);
  fixture_release(&f);
  fixture_open(&f);
  assert_int_equal(f.open_err, ERR_NOT_FOUND);
}

static void a_slow_reader_is_closed_and_its_room_goes_on(void **state) {
  (void)state;
  join_two();
  f.limits.outbox_max_bytes = 2000;
  for (int i = 0; i < 60 && !b.closed; i++) {
    peer_type(&a, 0, "0123456789012345678901234567890123456789");
    fixture_turn(&f);
    peer_read(&a);
  }
  assert_int_equal(b.closed, WS_CLOSE_TRY_LATER);
  assert_int_equal(a.closed, 0);
  leave_two();
}

/* Sends @question until it is closed or was asked a thousand times, and reads nothing. */
static void ask_without_reading(struct peer *p, const uint8_t *question, size_t len) {
  for (int i = 0; i < 1000 && !p->closed; i++) peer_send(p, question, len);
}

static void one_who_asks_and_does_not_read_is_closed_in_the_same_turn(void **state) {
  (void)state;
  static const uint8_t step1[] = {0, 0, 1, 0}, query[] = {3};
  static const uint8_t awareness[] = {1, 12, 1, 7, 1, 8, '"', 'q', 'q', 'q', 'q', 'q', 'q', '"'};
  join_two();
  f.limits.outbox_max_bytes = 2000;
  peer_send(&b, awareness, sizeof awareness);
  ask_without_reading(&a, step1, sizeof step1);
  ask_without_reading(&b, query, sizeof query);
  assert_int_equal(a.closed, WS_CLOSE_TRY_LATER);
  assert_int_equal(b.closed, WS_CLOSE_TRY_LATER);
  assert_in_range(member_output_pending(a.member), 1, 3000);
  assert_in_range(member_output_pending(b.member), 1, 3000);
  leave_two();
}

static void one_first_sync_may_be_larger_than_what_a_slow_reader_may_leave(void **state) {
  (void)state;
  static const uint8_t step1[] = {0, 0, 1, 0};
  peer_join(&a, &f, MEMBER_YJS, 11);
  for (int i = 0; i < 60; i++) peer_type(&a, 0, "0123456789012345678901234567890123456789");
  fixture_turn(&f);
  f.limits.outbox_max_bytes = 2000;
  peer_send(&a, step1, sizeof step1);
  assert_true(member_output_pending(a.member) > 2000);
  fixture_turn(&f);
  assert_int_equal(a.closed, 0);
  peer_read(&a);
  peer_leave(&a);
}

static void on_stopped(void *ctx, int err) {
  *(int *)ctx = err;
}

static void at_the_end_everything_is_saved_acknowledged_and_closed(void **state) {
  (void)state;
  int err = 1;
  peer_join(&a, &f, MEMBER_YJS, 11);
  peer_type(&a, 0, "x");
  peer_ask_saved(&a, 4);
  registry_shutdown(f.registry, on_stopped, &err);
  fixture_turn(&f);
  assert_int_equal(a.closed, 0);
  fixture_settle(&f);
  assert_int_equal(err, 0);
  assert_int_equal(a.closed, WS_CLOSE_GOING_AWAY);
  peer_read(&a);
  assert_int_equal(a.saved, 4);
  peer_leave(&a);
}

static void keep_answer(void *ctx, int err, struct room *room) {
  (void)room;
  *(int *)ctx = err;
}

static void a_room_that_loads_while_the_server_stops_is_not_opened(void **state) {
  (void)state;
  int open_err = 1, stop_err = 1;
  put_away();
  assert_int_equal(registry_open(f.registry, f.id, keep_answer, &open_err), 0);
  registry_shutdown(f.registry, on_stopped, &stop_err);
  fixture_settle(&f);
  assert_int_equal(open_err, ERR_UNAVAILABLE);
  assert_int_equal(stop_err, 0);
}

#define ROOM_TEST(name) cmocka_unit_test_prestate_setup_teardown(name, fixture_start, fixture_stop, &f)

int main(void) {
  log_init(2, LOG_ERROR, LOG_TEXT);
  const struct CMUnitTest tests[] = {
      ROOM_TEST(one_who_joins_gets_the_document),
      ROOM_TEST(an_edit_reaches_the_others_and_not_its_author),
      ROOM_TEST(one_who_joins_in_the_middle_of_a_turn_misses_nothing),
      ROOM_TEST(saved_comes_after_the_commit_and_never_before),
      ROOM_TEST(with_nothing_to_wait_for_saved_comes_at_once),
      ROOM_TEST(a_repeated_update_waits_for_the_commit_of_the_first),
      ROOM_TEST(what_the_store_failed_to_write_is_made_up_for_before_anything_is_acknowledged),
      ROOM_TEST(what_the_store_did_not_take_is_made_up_for_before_anything_is_acknowledged),
      ROOM_TEST(what_fails_while_that_is_being_made_up_for_is_made_up_for_too),
      ROOM_TEST(an_empty_room_is_unloaded_and_comes_back_as_it_was),
      ROOM_TEST(compaction_keeps_the_rows_that_came_meanwhile),
      ROOM_TEST(a_long_log_is_compacted_piece_by_piece),
      ROOM_TEST(a_history_there_is_no_memory_for_is_looked_at_ever_less_often),
      ROOM_TEST(a_load_that_fails_refuses_the_room_and_writes_nothing),
      ROOM_TEST(a_damaged_row_refuses_the_room_and_leaves_it_alone),
      ROOM_TEST(what_was_accepted_is_read_back_whatever_the_limits_say_now),
      ROOM_TEST(a_malformed_update_closes_its_sender_alone),
      ROOM_TEST(a_room_does_not_grow_past_its_limit),
      ROOM_TEST(only_its_creator_deletes_a_room_and_then_everybody_is_told),
      ROOM_TEST(a_slow_reader_is_closed_and_its_room_goes_on),
      ROOM_TEST(one_who_asks_and_does_not_read_is_closed_in_the_same_turn),
      ROOM_TEST(one_first_sync_may_be_larger_than_what_a_slow_reader_may_leave),
      ROOM_TEST(at_the_end_everything_is_saved_acknowledged_and_closed),
      ROOM_TEST(a_room_that_loads_while_the_server_stops_is_not_opened),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
