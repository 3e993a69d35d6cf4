/* SPDX-License-Identifier: MIT */
/* Whole texts that are merged with what others typed: of plain clients, and put over REST. */
#include <string.h>
#include <time.h>

#include "fixture.h"
#include "room/state.h"

static struct fixture f;
static struct peer a, b;

static void plain_text_is_merged_with_what_others_typed(void **state) {
  (void)state;
  peer_join(&a, &f, MEMBER_PLAIN, 11);
  peer_join(&b, &f, MEMBER_YJS, 22);
  assert_string_equal(a.text, "hello");
  peer_type(&b, 5, " world");
  fixture_turn(&f);
  peer_read(&a);
  assert_string_equal(a.text, "hello world");
  peer_say(&a, "Oh, hello"); /* still from the first text */
  fixture_turn(&f);
  peer_read(&a);
  peer_read(&b);
  assert_string_equal(room_text(&f), "Oh, hello world");
  assert_string_equal(a.text, "Oh, hello world");
  assert_string_equal(peer_text(&b), "Oh, hello world");
  size_t texts = a.texts;
  peer_say(&a, "Oh, hello world!");
  fixture_turn(&f);
  peer_read(&a);
  assert_int_equal(a.texts, texts); /* it knows its own text */
  peer_leave(&a);
  peer_leave(&b);
}

static void a_text_on_its_way_may_be_what_the_next_message_edits(void **state) {
  (void)state;
  peer_join(&a, &f, MEMBER_PLAIN, 11);
  peer_join(&b, &f, MEMBER_YJS, 22);
  peer_type(&b, 5, " there");
  fixture_turn(&f); /* "hello there" is on its way */
  peer_say(&a, "[1]hello");
  fixture_turn(&f);
  assert_string_equal(room_text(&f), "[1]hello there");
  peer_say(&a, "hello there[2]"); /* from the text that was on its way */
  fixture_turn(&f);
  assert_string_equal(room_text(&f), "[1]hello there[2]");
  peer_read(&a);
  assert_string_equal(a.text, "hello there"); /* one text at a time */
  fixture_turn(&f);
  peer_read(&a);
  assert_string_equal(a.text, "[1]hello there[2]");
  peer_leave(&a);
  peer_leave(&b);
}

/* Text in which no two pieces are alike. */
static void fill_at_random(uint8_t *text, size_t len, uint32_t seed) {
  for (size_t i = 0; i < len; i++) {
    seed = seed * 1664525u + 1013904223u;
    text[i] = (uint8_t)('a' + (seed >> 24) % 26);
  }
}

static void a_plain_client_that_never_answers_pings_costs_little(void **state) {
  (void)state;
  enum { LEN = 128 << 10 };
  static uint8_t text[LEN];
  struct iovec iov[4];
  peer_join(&b, &f, MEMBER_PLAIN, 22);
  for (uint32_t i = 0; i < 70; i++) {
    bool created;
    char etag[ROOM_ETAG_CHARS + 1];
    fill_at_random(text, LEN, i);
    struct room_put put = {.path = "main.c", .text = text, .len = LEN, .author = ""};
    assert_int_equal(room_file_put(f.room, &put, f.now_ms, 9, &created, etag), 0);
    fixture_turn(&f);
    while (member_output_peek(b.member, iov, 4) > 0) member_output_consume(b.member, member_output_pending(b.member));
  }
  size_t kept = 0;
  for (size_t i = 0; i < b.member->plain.base_count; i++) kept += b.member->plain.bases[i].text->len;
  assert_in_range(kept, 2 * LEN, 5u << 20);
  fill_at_random(text, LEN, 1000);
  const struct blob *last = b.member->plain.bases[b.member->plain.base_count - 1].text;
  struct text_edits edits = {0};
  clock_t began = clock();
  assert_int_equal(textdiff(last->data, last->len, text, LEN, &edits), 0);
  clock_t one = clock() - began;
  text_edits_deinit(&edits);
  began = clock();
  member_on_message(b.member, false, text, LEN, f.now_ms, 9);
  assert_true(clock() - began < 18 * one); /* and not 30, for each text that is kept */
  assert_int_equal(b.closed, 0);
  fixture_settle(&f);
  peer_leave(&b);
}

static void a_put_merges_from_the_text_that_its_etag_names(void **state) {
  (void)state;
  char first[ROOM_ETAG_CHARS + 1], etag[ROOM_ETAG_CHARS + 1];
  struct buf text = BUF_INIT;
  bool created;
  assert_int_equal(room_file_get(f.room, "main.c", &text, first), 0);
  peer_join(&b, &f, MEMBER_YJS, 22);
  peer_type(&b, 5, " world");
  struct room_put put = {
      .path = "main.c", .text = (const uint8_t *)"hello\r\nthere", .len = 12, .if_match = first, .author = "script"};
  assert_int_equal(room_file_put(f.room, &put, f.now_ms, 9, &created, etag), 0);
  assert_false(created);
  assert_string_equal(room_text(&f), "hello world\nthere");
  put.if_match = "00000000000000000000000000000000";
  assert_int_equal(room_file_put(f.room, &put, f.now_ms, 9, &created, etag), ERR_CONFLICT);
  put = (struct room_put){.path = "../x", .text = put.text, .len = 1, .author = ""};
  assert_int_equal(room_file_put(f.room, &put, f.now_ms, 9, &created, etag), ERR_INVALID);
  put.path = "new/file.txt";
  assert_int_equal(room_file_put(f.room, &put, f.now_ms, 9, &created, etag), 0);
  assert_true(created);
  put.must_create = true;
  assert_int_equal(room_file_put(f.room, &put, f.now_ms, 9, &created, etag), ERR_CONFLICT);
  assert_int_equal(room_file_delete(f.room, "new/file.txt", NULL, "", f.now_ms, 9), 0);
  assert_int_equal(room_file_delete(f.room, "new/file.txt", NULL, "", f.now_ms, 9), ERR_NOT_FOUND);
  buf_deinit(&text);
  fixture_settle(&f);
  peer_leave(&b);
}

#define TEXT_TEST(name) cmocka_unit_test_prestate_setup_teardown(name, fixture_start, fixture_stop, &f)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEXT_TEST(plain_text_is_merged_with_what_others_typed),
      TEXT_TEST(a_text_on_its_way_may_be_what_the_next_message_edits),
      TEXT_TEST(a_plain_client_that_never_answers_pings_costs_little),
      TEXT_TEST(a_put_merges_from_the_text_that_its_etag_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
