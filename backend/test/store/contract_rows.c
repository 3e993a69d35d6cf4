/* SPDX-License-Identifier: MIT */
/* Rooms and the rows of their logs. */
#include <stdio.h>
#include <string.h>

#include "contract.h"

static void a_room_comes_back_as_it_was_created(void **state) {
  struct fixture *f = *state;
  struct loaded_copy got;
  assert_int_equal(create_room(f, f->room, "first"), 0);
  assert_int_equal(load_room(f, f->room, &got), 0);
  assert_string_equal(got.text, "first");
  assert_string_equal(got.name, "a room");
  assert_string_equal(got.language, "python");
  assert_string_equal(got.owner_name, "rahul");
  assert_string_equal(got.owner_mail, "rahul@example.org");
  assert_int_equal(got.created_at, 1000);
  assert_int_equal(got.updated_at, 1000);
}

static void an_id_is_given_once(void **state) {
  struct fixture *f = *state;
  struct loaded_copy got;
  assert_int_equal(create_room(f, f->room, "first"), 0);
  assert_int_equal(create_room(f, f->room, "second"), ERR_EXISTS);
  assert_int_equal(load_room(f, f->room, &got), 0);
  assert_string_equal(got.text, "first");
}

static void what_is_not_there_is_not_found(void **state) {
  struct fixture *f = *state;
  struct loaded_copy got;
  struct outcome o = {0};
  assert_int_equal(load_room(f, f->room, &got), ERR_NOT_FOUND);
  assert_int_equal(append_text(f, f->room, "x", NULL), ERR_NOT_FOUND);
  assert_int_equal(delete_room(f, f->room), ERR_NOT_FOUND);
  assert_int_equal(compact_room(f, f->room, NULL, 0, "s"), ERR_NOT_FOUND);
  assert_int_equal(f->store->ops->update_room(f->store, f->room, "n", NULL, 1, on_outcome, &o), 0);
  wait_for(f, &o);
  assert_int_equal(o.err, ERR_NOT_FOUND);
}

static void arguments_that_cannot_be_are_refused(void **state) {
  struct fixture *f = *state;
  struct outcome o = {0};
  struct store_room room = {"", "n", "l", "o", "m", 0, 0};
  assert_int_equal(f->store->ops->create_room(f->store, &room, (const uint8_t *)"x", 1, on_outcome, &o), ERR_INVALID);
  room.id = f->room;
  assert_int_equal(f->store->ops->create_room(f->store, &room, NULL, 0, on_outcome, &o), ERR_INVALID);
  assert_int_equal(start_append(f, f->room, "", &o), ERR_INVALID);
  run_for(f, 20);
  assert_int_equal(o.calls, 0);
}

static void append_order_is_load_order(void **state) {
  struct fixture *f = *state;
  struct loaded_copy got;
  struct outcome o[100] = {0};
  char text[8], expected[1024] = "first";
  assert_int_equal(create_room(f, f->room, "first"), 0);
  for (int i = 0; i < 100; i++) {
    snprintf(text, sizeof text, "%d", i);
    assert_int_equal(start_append(f, f->room, text, &o[i]), 0);
    strcat(strcat(expected, ","), text);
  }
  assert_int_equal(o[0].calls, 0);
  assert_int_equal(load_room(f, f->room, &got), 0); /* sees what was accepted before it */
  assert_string_equal(got.text, expected);
  assert_int_equal(got.updated_at, 2000);
  assert_int_equal(got.at[100], 2000);
  assert_string_equal(got.author, "ann");
  for (int i = 0; i < 100; i++) {
    assert_int_equal(o[i].calls, 1);
    assert_int_equal(o[i].err, 0);
    assert_int_equal(o[i].seq, got.seqs[i + 1]);
    assert_true(got.seqs[i + 1] > got.seqs[i]);
  }
}

struct order {
  int *next;
  int place;
};

static void on_ordered(void *ctx, int err, uint64_t seq) {
  struct order *o = ctx;
  (void)seq;
  assert_int_equal(err, 0);
  assert_int_equal(o->place, (*o->next)++);
}

static void completions_come_in_the_order_of_the_calls(void **state) {
  struct fixture *f = *state;
  struct order orders[50];
  int next = 0;
  struct blob *blob = blob_create("x", 1);
  assert_int_equal(create_room(f, f->room, "first"), 0);
  for (int i = 0; i < 50; i++) {
    orders[i] = (struct order){&next, i};
    assert_int_equal(f->store->ops->append(f->store, f->room, "", 1, blob, on_ordered, &orders[i]), 0);
    if (i % 7 == 0) run_for(f, 2);
  }
  blob_unref(blob);
  assert_int_equal(flush_store(f), 0);
  assert_int_equal(next, 50);
}

static void payloads_are_bytes_of_any_value_and_size(void **state) {
  struct fixture *f = *state;
  static uint8_t all[3000000];
  for (size_t i = 0; i < sizeof all; i++) all[i] = (uint8_t)(i * 7);
  struct outcome o = {0};
  struct blob *blob = blob_create(all, sizeof all);
  assert_int_equal(create_room(f, f->room, "first"), 0);
  assert_int_equal(f->store->ops->append(f->store, f->room, "J\xc3\xbcrgen \xf0\x9f\x90\x82", 5, blob, on_appended, &o),
                   0);
  assert_int_equal(blob->refs, 2);
  wait_for(f, &o);
  assert_int_equal(o.err, 0);
  assert_int_equal(blob->refs, 1);
  fixture_close(f);
  char room[ROOM_ID_SIZE];
  memcpy(room, f->room, sizeof room);
  fixture_open(f);
  assert_int_equal(compact_room(f, room, &o.seq, 1, "s"), 0);
  assert_int_equal(f->store->ops->append(f->store, room, "", 5, blob, on_appended, &(struct outcome){0}), 0);
  struct loaded_copy got;
  assert_int_equal(load_room(f, room, &got), 0);
  assert_int_equal(got.count, 2); /* the first row of the room and the new one */
  blob_unref(blob);
}

struct listing {
  int calls, err;
  size_t count;
  char ids[8][STORE_ROOM_ID_MAX + 1];
};

static void on_listed(void *ctx, int err, const struct store_room *rooms, size_t count) {
  struct listing *l = ctx;
  l->calls++;
  l->err = err;
  l->count = count;
  for (size_t i = 0; i < count && i < 8; i++) snprintf(l->ids[i], sizeof l->ids[i], "%s", rooms[i].id);
}

static struct listing list_of(struct fixture *f, const char *mail, size_t max) {
  struct listing l = {0};
  assert_int_equal(f->store->ops->list(f->store, mail, max, on_listed, &l), 0);
  while (!l.calls) run_for(f, 1);
  assert_int_equal(l.err, 0);
  return l;
}

static void a_list_names_own_rooms_newest_first(void **state) {
  struct fixture *f = *state;
  char ids[3][STORE_ROOM_ID_MAX + 1], mail[80];
  snprintf(mail, sizeof mail, "%s@example.org", f->room);
  for (int i = 0; i < 3; i++) {
    snprintf(ids[i], sizeof ids[i], "%s-%d", f->room, i);
    struct store_room room = {ids[i], "n", "c", "o", mail, 1000 + (uint64_t)i, 1000 + (uint64_t)i};
    struct outcome o = {0};
    assert_int_equal(f->store->ops->create_room(f->store, &room, (const uint8_t *)"x", 1, on_outcome, &o), 0);
    wait_for(f, &o);
  }
  assert_int_equal(append_text(f, ids[0], "y", NULL), 0); /* at 2000: now the newest */
  struct listing l = list_of(f, mail, 10);
  assert_int_equal(l.count, 3);
  assert_string_equal(l.ids[0], ids[0]);
  assert_string_equal(l.ids[1], ids[2]);
  assert_string_equal(l.ids[2], ids[1]);
  assert_int_equal(list_of(f, mail, 2).count, 2);
  assert_int_equal(list_of(f, "nobody@example.org", 2).count, 0);
}

static void a_room_is_renamed_in_part(void **state) {
  struct fixture *f = *state;
  struct loaded_copy got;
  struct outcome o = {0}, p = {0};
  assert_int_equal(create_room(f, f->room, "a"), 0);
  assert_int_equal(f->store->ops->update_room(f->store, f->room, "new name", NULL, 3000, on_outcome, &o), 0);
  wait_for(f, &o);
  assert_int_equal(o.err, 0);
  assert_int_equal(f->store->ops->update_room(f->store, f->room, NULL, "rust", 2500, on_outcome, &p), 0);
  wait_for(f, &p);
  assert_int_equal(load_room(f, f->room, &got), 0);
  assert_string_equal(got.name, "new name");
  assert_string_equal(got.language, "rust");
  assert_int_equal(got.updated_at, 3000);
}

static void a_deleted_room_takes_its_rows_along_and_harms_no_other(void **state) {
  struct fixture *f = *state;
  struct loaded_copy got;
  struct outcome o[4] = {0}, gone = {0};
  char other[STORE_ROOM_ID_MAX + 1];
  snprintf(other, sizeof other, "%s-b", f->room);
  assert_int_equal(create_room(f, f->room, "a"), 0);
  assert_int_equal(create_room(f, other, "b"), 0);
  assert_int_equal(start_append(f, f->room, "a1", &o[0]), 0);
  assert_int_equal(f->store->ops->delete_room(f->store, f->room, on_outcome, &gone), 0);
  assert_int_equal(start_append(f, f->room, "a2", &o[1]), 0);
  assert_int_equal(start_append(f, other, "b1", &o[2]), 0);
  assert_int_equal(start_append(f, f->room, "a3", &o[3]), 0);
  assert_int_equal(flush_store(f), 0);
  assert_int_equal(o[0].err, 0);
  assert_int_equal(gone.err, 0);
  assert_int_equal(o[1].err, ERR_NOT_FOUND);
  assert_int_equal(o[2].err, 0);
  assert_int_equal(o[3].err, ERR_NOT_FOUND);
  assert_int_equal(load_room(f, f->room, &got), ERR_NOT_FOUND);
  assert_int_equal(load_room(f, other, &got), 0);
  assert_string_equal(got.text, "b,b1");
  assert_int_equal(create_room(f, f->room, "anew"), 0);
  assert_int_equal(load_room(f, f->room, &got), 0);
  assert_string_equal(got.text, "anew");
}

static void rooms_past_the_limit_are_refused(void **state) {
  struct fixture *f = *state;
  fixture_close(f);
  f->limits.rooms_max = 1;
  fixture_open(f);
  int err = create_room(f, f->room, "a"); /* the one, unless an earlier test left some */
  assert_true(err == 0 || err == ERR_FULL);
  char other[STORE_ROOM_ID_MAX + 1];
  snprintf(other, sizeof other, "%s-b", f->room);
  assert_int_equal(create_room(f, other, "b"), ERR_FULL);
}

static const struct CMUnitTest tests[] = {
    CONTRACT_TEST(a_room_comes_back_as_it_was_created),
    CONTRACT_TEST(an_id_is_given_once),
    CONTRACT_TEST(what_is_not_there_is_not_found),
    CONTRACT_TEST(arguments_that_cannot_be_are_refused),
    CONTRACT_TEST(append_order_is_load_order),
    CONTRACT_TEST(completions_come_in_the_order_of_the_calls),
    CONTRACT_TEST(payloads_are_bytes_of_any_value_and_size),
    CONTRACT_TEST(a_list_names_own_rooms_newest_first),
    CONTRACT_TEST(a_room_is_renamed_in_part),
    CONTRACT_TEST(a_deleted_room_takes_its_rows_along_and_harms_no_other),
    CONTRACT_TEST(rooms_past_the_limit_are_refused),
};

const struct contract_part contract_rows = {tests, sizeof tests / sizeof *tests};
