/* SPDX-License-Identifier: MIT */
/* What waits, what is refused, and a store that is down, closed or opened again. */
#include <stdio.h>
#include <string.h>

#include "contract.h"

static void flush_waits_for_every_append_before_it(void **state) {
  struct fixture *f = *state;
  struct outcome o = {0};
  assert_int_equal(flush_store(f), 0); /* nothing to do */
  assert_int_equal(create_room(f, f->room, "a"), 0);
  assert_int_equal(start_append(f, f->room, "b", &o), 0);
  assert_int_equal(flush_store(f), 0);
  assert_int_equal(o.calls, 1);
}

static void destroy_cancels_what_is_outstanding(void **state) {
  struct fixture *f = *state;
  struct outcome o[20] = {0}, flush = {0};
  struct loaded_copy got = {0};
  assert_int_equal(create_room(f, f->room, "a"), 0);
  for (int i = 0; i < 20; i++) assert_int_equal(start_append(f, f->room, "b", &o[i]), 0);
  assert_int_equal(f->store->ops->load(f->store, f->room, on_loaded_copy, &got), 0);
  assert_int_equal(f->store->ops->flush(f->store, on_outcome, &flush), 0);
  fixture_close(f);
  for (int i = 0; i < 20; i++) {
    assert_int_equal(o[i].calls, 1);
    assert_int_equal(o[i].err, ERR_CANCELLED);
  }
  assert_int_equal(got.calls, 1);
  assert_int_equal(got.err, ERR_CANCELLED);
  assert_int_equal(flush.err, ERR_CANCELLED);
}

static void past_the_backlog_limit_appends_are_refused(void **state) {
  struct fixture *f = *state;
  struct outcome o[300] = {0};
  static char big[1001];
  memset(big, 'x', 1000);
  assert_int_equal(create_room(f, f->room, "a"), 0);
  fixture_close(f);
  char room[ROOM_ID_SIZE];
  memcpy(room, f->room, sizeof room);
  f->limits.store_backlog_max_bytes = 100000;
  fixture_open(f);
  int accepted = 0, err = 0;
  while (!err && accepted < 300) {
    err = start_append(f, room, big, &o[accepted]);
    if (!err) accepted++;
  }
  assert_int_equal(err, ERR_FULL);
  assert_in_range(accepted, 50, 100);
  assert_in_range(status_of(f).backlog_bytes, 50000, 100000);
  assert_int_equal(flush_store(f), 0);
  assert_int_equal(status_of(f).backlog_bytes, 0);
  assert_int_equal(append_text(f, room, "fits", NULL), 0);
}

static void while_down_nothing_is_acknowledged_and_afterwards_all_is_there(void **state) {
  struct fixture *f = *state;
  struct outcome o[10] = {0};
  struct loaded_copy got;
  fixture_close(f);
  f->limits.store_timeout_ms = 1500;
  fixture_open(f);
  assert_int_equal(create_room(f, f->room, "0"), 0);
  assert_int_equal(ping_store(f), 0);
  assert_true(status_of(f).up);
  f->backend->down(f->dir);
  for (int i = 0; i < 5; i++) {
    assert_int_equal(start_append(f, f->room, "x", &o[i]), 0);
    run_for(f, 100);
  }
  wait_up(f, false);
  struct store_status s = status_of(f);
  assert_string_not_equal(s.reason, "");
  assert_true(s.backlog_bytes > 5);
  assert_int_equal(ping_store(f), ERR_UNAVAILABLE);
  assert_int_equal(load_room(f, f->room, &got), ERR_UNAVAILABLE); /* its rows are not written yet */
  for (int i = 5; i < 10; i++) assert_int_equal(start_append(f, f->room, "y", &o[i]), 0);
  for (int i = 0; i < 10; i++) assert_int_equal(o[i].calls, 0);
  f->backend->up(f->dir);
  assert_int_equal(flush_store(f), 0);
  for (int i = 0; i < 10; i++) {
    assert_int_equal(o[i].calls, 1);
    assert_int_equal(o[i].err, 0);
  }
  assert_true(status_of(f).up);
  assert_int_equal(ping_store(f), 0);
  assert_int_equal(load_room(f, f->room, &got), 0);
  assert_string_equal(got.text, "0,x,x,x,x,x,y,y,y,y,y");
  for (int i = 0; i < 10; i++) assert_int_equal(o[i].seq, got.seqs[i + 1]);
}

static void operations_that_wait_too_long_are_unavailable(void **state) {
  struct fixture *f = *state;
  fixture_close(f);
  f->limits.store_timeout_ms = 2000;
  fixture_open(f);
  assert_int_equal(create_room(f, f->room, "0"), 0);
  f->backend->down(f->dir);
  char other[STORE_ROOM_ID_MAX + 1];
  snprintf(other, sizeof other, "%s-b", f->room);
  assert_int_equal(create_room(f, other, "b"), ERR_UNAVAILABLE);
  assert_int_equal(delete_room(f, f->room), ERR_UNAVAILABLE);
  assert_int_equal(ping_store(f), ERR_UNAVAILABLE);
  f->backend->up(f->dir);
  assert_int_equal(flush_store(f), 0);
  for (int i = 0; i < 100 && ping_store(f) != 0; i++) run_for(f, 50);
  assert_int_equal(ping_store(f), 0);
  assert_int_equal(create_room(f, f->room, "again"), ERR_EXISTS); /* the delete that was given up never ran */
}

static void a_store_opened_again_has_everything(void **state) {
  struct fixture *f = *state;
  struct loaded_copy got;
  char room[ROOM_ID_SIZE];
  memcpy(room, f->room, sizeof room);
  assert_int_equal(create_room(f, room, "a"), 0);
  assert_int_equal(append_text(f, room, "b", NULL), 0);
  fixture_close(f);
  fixture_open(f);
  assert_int_equal(load_room(f, room, &got), 0);
  assert_string_equal(got.text, "a,b");
}

static void what_happened_is_counted(void **state) {
  struct fixture *f = *state;
  struct buf text = BUF_INIT;
  assert_int_equal(create_room(f, f->room, "a"), 0);
  assert_int_equal(append_text(f, f->room, "b", NULL), 0);
  assert_int_equal(metrics_render(f->metrics, &text), 0);
  assert_int_equal(buf_append_byte(&text, 0), 0);
  assert_non_null(strstr((char *)text.data, "yoke_store_up 1"));
  assert_non_null(strstr((char *)text.data, "yoke_store_commit_seconds_count "));
  assert_non_null(strstr((char *)text.data, "yoke_store_backlog_bytes 0"));
  assert_null(strstr((char *)text.data, "yoke_store_commit_rows_total 0\n"));
  assert_non_null(strstr((char *)text.data, "yoke_store_errors_total "));
  buf_deinit(&text);
}

static const struct CMUnitTest tests[] = {
    CONTRACT_TEST(flush_waits_for_every_append_before_it),
    CONTRACT_TEST(destroy_cancels_what_is_outstanding),
    CONTRACT_TEST(past_the_backlog_limit_appends_are_refused),
    CONTRACT_TEST(while_down_nothing_is_acknowledged_and_afterwards_all_is_there),
    CONTRACT_TEST(operations_that_wait_too_long_are_unavailable),
    CONTRACT_TEST(a_store_opened_again_has_everything),
    CONTRACT_TEST(what_happened_is_counted),
};

const struct contract_part contract_life = {tests, sizeof tests / sizeof *tests};
