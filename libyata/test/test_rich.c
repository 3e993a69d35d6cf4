/* SPDX-License-Identifier: MIT */
/* Formatted text. */
#include <stdio.h>

#include "attributes.h"

struct one {
  yata_doc *doc;
  yata_type text;
};

static struct one begin_text(uint64_t client) {
  struct one o = {.doc = new_doc(client)};
  assert_ok(yata_text(o.doc, "t", &o.text));
  assert_ok(yata_txn_begin(o.doc));
  return o;
}

static void put(struct one o, uint32_t index, const char *s, const yata_any *attributes) {
  assert_ok(yata_text_insert_with(o.doc, o.text, index, s, strlen(s), attributes));
}

static void end(struct one o) {
  assert_ok(yata_txn_commit(o.doc, NULL));
  assert_ok(yata_doc_check(o.doc));
  yata_doc_destroy(o.doc);
}

static void text_has_the_attributes_that_it_was_given(void **state) {
  (void)state;
  OBJECT(bold, "bold", yata_any_bool(true));
  struct one o = begin_text(1);
  put(o, 0, "abc", &bold);
  assert_delta(o.doc, o.text, "[{\"insert\":\"abc\",\"attributes\":{\"bold\":true}}]");
  assert_ok(yata_text_delete(o.doc, o.text, 0, 1));
  assert_ok(yata_text_delete(o.doc, o.text, 1, 1));
  put(o, 0, "z", &bold);
  assert_delta(o.doc, o.text, "[{\"insert\":\"zb\",\"attributes\":{\"bold\":true}}]");
  put(o, 0, "y", &nothing);
  put(o, 1, "x", &bold);
  assert_delta(o.doc, o.text, "[{\"insert\":\"y\"},{\"insert\":\"xzb\",\"attributes\":{\"bold\":true}}]");
  end(o);
}

static void text_takes_on_the_attributes_before_it(void **state) {
  (void)state;
  OBJECT(bold, "bold", yata_any_bool(true));
  struct one o = begin_text(1);
  put(o, 0, "ab", &bold);
  put(o, 2, "cd", NULL);
  put(o, 0, "x", NULL);
  assert_delta(o.doc, o.text, "[{\"insert\":\"x\"},{\"insert\":\"abcd\",\"attributes\":{\"bold\":true}}]");
  end(o);
}

static void formatting_changes_a_range(void **state) {
  (void)state;
  OBJECT(bold, "bold", yata_any_bool(true));
  OBJECT(plain, "bold", yata_any_null());
  OBJECT(falsy, "bold", yata_any_bool(false));
  struct one o = begin_text(1);
  put(o, 0, "hello world", NULL);
  assert_ok(yata_text_format(o.doc, o.text, 0, 5, &bold));
  assert_ok(yata_text_format(o.doc, o.text, 4, 3, &plain));
  assert_delta(o.doc, o.text, "[{\"insert\":\"hell\",\"attributes\":{\"bold\":true}},{\"insert\":\"o world\"}]");
  assert_ok(yata_text_format(o.doc, o.text, 0, 2, &falsy));
  assert_delta(o.doc, o.text,
               "[{\"insert\":\"he\",\"attributes\":{\"bold\":false}},{\"insert\":\"ll\",\"attributes\":{\"bold\":"
               "true}},{\"insert\":\"o world\"}]");
  assert_ok(yata_text_format(o.doc, o.text, 0, 11, &plain));
  assert_delta(o.doc, o.text, "[{\"insert\":\"hello world\"}]");
  end(o);
}

static void formatting_past_the_end_adds_newlines(void **state) {
  (void)state;
  OBJECT(bold, "bold", yata_any_bool(true));
  struct one o = begin_text(1);
  put(o, 0, "ab", NULL);
  assert_ok(yata_text_format(o.doc, o.text, 1, 3, &bold));
  assert_delta(o.doc, o.text, "[{\"insert\":\"a\"},{\"insert\":\"b\\n\\n\",\"attributes\":{\"bold\":true}}]");
  uint32_t n;
  assert_ok(yata_text_length(o.doc, o.text, &n));
  assert_ok(yata_text_format(o.doc, o.text, n, 0, &bold));
  assert_int_equal(yata_text_format(o.doc, o.text, n + 1, 1, &bold), YATA_ERR_RANGE);
  end(o);
}

static void formats_go_with_the_text_they_were_for(void **state) {
  (void)state;
  OBJECT(bold, "bold", yata_any_bool(true));
  yata_stats stats;
  struct one o = begin_text(1);
  put(o, 0, "ab", &bold);
  assert_ok(yata_text_delete(o.doc, o.text, 0, 2));
  assert_ok(yata_txn_commit(o.doc, NULL));
  yata_doc_stats(o.doc, &stats);
  assert_int_equal(stats.items, 1);
  assert_ok(yata_txn_begin(o.doc));
  put(o, 0, "1234", NULL);
  put(o, 2, "ab", &bold);
  assert_ok(yata_text_delete(o.doc, o.text, 2, 2));
  assert_delta(o.doc, o.text, "[{\"insert\":\"1234\"}]");
  put(o, 2, "x", NULL);
  assert_delta(o.doc, o.text, "[{\"insert\":\"12x34\"}]");
  end(o);
}

static void what_follows_deleted_text_keeps_its_attributes(void **state) {
  (void)state;
  OBJECT(bold, "bold", yata_any_bool(true));
  struct one o = begin_text(1);
  put(o, 0, "Testing\n", NULL);
  assert_ok(yata_text_format(o.doc, o.text, 7, 1, &bold));
  assert_ok(yata_text_delete(o.doc, o.text, 0, 7));
  assert_delta(o.doc, o.text, "[{\"insert\":\"\\n\",\"attributes\":{\"bold\":true}}]");
  end(o);
}

static void embeds_are_values_and_types(void **state) {
  (void)state;
  OBJECT(image, "image", yata_any_string("x.png"));
  OBJECT(width, "width", yata_any_number(1e21));
  yata_type map;
  yata_any v = yata_any_number(1);
  struct one o = begin_text(1);
  put(o, 0, "ab", NULL);
  assert_ok(yata_text_insert_embed(o.doc, o.text, 1, &image, &width));
  assert_ok(yata_text_insert_type(o.doc, o.text, 2, YATA_KIND_MAP, NULL, NULL, &map));
  assert_ok(yata_map_set(o.doc, map, "k", 1, &v));
  assert_delta(o.doc, o.text,
               "[{\"insert\":\"a\"},{\"insert\":{\"image\":\"x.png\"},\"attributes\":{\"width\":1e+21}},{\"insert\":"
               "{\"k\":1}},{\"insert\":\"b\"}]");
  assert_text(o.doc, o.text, "ab");
  uint32_t n;
  assert_ok(yata_text_length(o.doc, o.text, &n));
  assert_int_equal(n, 4);
  yata_type parent;
  assert_ok(yata_type_parent(o.doc, map, &parent));
  assert_memory_equal(&parent, &o.text, sizeof(parent));
  v = yata_any_string("no");
  assert_int_equal(yata_text_insert_embed(o.doc, o.text, 0, &v, NULL), YATA_ERR_INVALID);
  v = yata_any_null();
  assert_int_equal(yata_text_insert_embed(o.doc, o.text, 0, &v, NULL), YATA_ERR_INVALID);
  end(o);
}

static void a_delta_is_applied(void **state) {
  (void)state;
  OBJECT(header, "header", yata_any_number(1));
  OBJECT(bold, "bold", yata_any_bool(true));
  OBJECT(image, "image", yata_any_string("x"));
#define TEXT(s) .kind = YATA_TEXT_INSERT, .text = {(const uint8_t *)(s), sizeof(s) - 1 }
  const yata_text_op make[] = {
      {TEXT("Title")}, {TEXT("\n"), .attributes = &header}, {TEXT("Body ")}, {TEXT("text"), .attributes = &bold}};
  yata_type array;
  const yata_text_op change[] = {{.kind = YATA_TEXT_RETAIN, .len = 2},
                                 {.kind = YATA_TEXT_DELETE, .len = 3},
                                 {.kind = YATA_TEXT_EMBED, .embed = image},
                                 {.kind = YATA_TEXT_TYPE, .type_kind = YATA_KIND_ARRAY, .type_out = &array},
                                 {.kind = YATA_TEXT_RETAIN, .len = 6, .attributes = &bold},
                                 {.kind = YATA_TEXT_DELETE, .len = 100}};
  struct one o = begin_text(1);
  assert_ok(yata_text_apply_delta(o.doc, o.text, make, 4));
  assert_delta(o.doc, o.text,
               "[{\"insert\":\"Title\"},{\"insert\":\"\\n\",\"attributes\":{\"header\":1}},{\"insert\":\"Body "
               "\"},{\"insert\":\"text\",\"attributes\":{\"bold\":true}}]");
  assert_ok(yata_text_apply_delta(o.doc, o.text, change, 6));
  assert_delta(o.doc, o.text,
               "[{\"insert\":\"Ti\"},{\"insert\":{\"image\":\"x\"}},{\"insert\":[]},{\"insert\":\"\\n\",\"attributes\":"
               "{\"bold\":true,\"header\":1}},{\"insert\":\"Body \",\"attributes\":{\"bold\":true}}]");
  assert_int_equal(yata_type_kind(o.doc, array), YATA_KIND_ARRAY);
  const yata_text_op wrong[] = {{TEXT("x")}, {TEXT("\xff")}};
  assert_int_equal(yata_text_apply_delta(o.doc, o.text, wrong, 2), YATA_ERR_INVALID);
  const yata_text_op unknown[] = {{TEXT("x")}, {.kind = (enum yata_text_kind)9}};
  assert_int_equal(yata_text_apply_delta(o.doc, o.text, unknown, 2), YATA_ERR_INVALID);
  assert_text(o.doc, o.text, "Ti\nBody ");
  assert_ok(yata_text_insert(o.doc, o.text, 1, "y", 1));
  assert_text(o.doc, o.text, "Tyi\nBody ");
  end(o);
}

static void objects_are_compared_by_their_members(void **state) {
  (void)state;
  OBJECT(link, "link", json("{\"href\":\"x\",\"n\":1}"));
  OBJECT(same, "link", json("{ \"n\": 1, \"href\": \"x\" }"));
  yata_stats before, after;
  struct one o = begin_text(1);
  put(o, 0, "ab", &link);
  assert_ok(yata_txn_commit(o.doc, NULL));
  yata_doc_stats(o.doc, &before);
  assert_ok(yata_txn_begin(o.doc));
  assert_ok(yata_text_format(o.doc, o.text, 0, 2, &same));
  assert_ok(yata_txn_commit(o.doc, NULL));
  yata_doc_stats(o.doc, &after);
  assert_int_equal(after.units, before.units);
  assert_ok(yata_txn_begin(o.doc));
  end(o);
}

static void what_is_no_value_is_refused(void **state) {
  (void)state;
  yata_any undefined = {.kind = YATA_ANY_UNDEFINED};
  OBJECT(a, "k", json("{"));
  OBJECT(b, "\xff", yata_any_bool(true));
  OBJECT(c, "k", yata_any_string("\xff"));
  struct one o = begin_text(1);
  put(o, 0, "x", NULL);
  const yata_any *all[] = {&a, &b, &c, &undefined};
  for (size_t i = 0; i < 4; i++) {
    assert_int_equal(yata_text_insert_with(o.doc, o.text, 0, "x", 1, all[i]), YATA_ERR_INVALID);
    assert_int_equal(yata_text_format(o.doc, o.text, 0, 1, all[i]), YATA_ERR_INVALID);
  }
  yata_any deep[66];
  deep[0] = yata_any_null();
  for (int i = 1; i < 66; i++) {
    deep[i] = (yata_any){.kind = YATA_ANY_ARRAY};
    deep[i].u.array.items = &deep[i - 1];
    deep[i].u.array.len = 1;
  }
  OBJECT(e, "k", deep[65]);
  assert_int_equal(yata_text_format(o.doc, o.text, 0, 1, &e), YATA_ERR_LIMIT);
  assert_delta(o.doc, o.text, "[{\"insert\":\"x\"}]");
  end(o);
}

static void keys_that_look_like_an_index_come_first(void **state) {
  (void)state;
  yata_any_entry entries[] = {{{(const uint8_t *)"b", 1}, yata_any_bool(true)},
                              {{(const uint8_t *)"10", 2}, yata_any_bool(true)},
                              {{(const uint8_t *)"9", 1}, yata_any_bool(true)},
                              {{(const uint8_t *)"01", 2}, yata_any_bool(true)}};
  yata_any all = {.kind = YATA_ANY_OBJECT};
  all.u.object.entries = entries;
  all.u.object.len = 4;
  struct one o = begin_text(1);
  put(o, 0, "x", &all);
  assert_delta(o.doc, o.text, "[{\"insert\":\"x\",\"attributes\":{\"9\":true,\"10\":true,\"b\":true,\"01\":true}}]");
  end(o);
}

static void runs_are_walked_with_their_places(void **state) {
  (void)state;
  OBJECT(bold, "bold", yata_any_bool(true));
  yata_text_cursor cursor = {0};
  yata_text_run run;
  struct one o = begin_text(1);
  put(o, 0, "a😀", NULL);
  put(o, 3, "cd", &bold);
  assert_ok(yata_text_next(o.doc, o.text, &cursor, &run));
  assert_int_equal(run.kind, YATA_TEXT_INSERT);
  assert_int_equal(run.index, 0);
  assert_int_equal(run.len, 3);
  assert_int_equal(run.n_attributes, 0);
  assert_ok(yata_text_next(o.doc, o.text, &cursor, &run));
  assert_int_equal(run.index, 3);
  assert_memory_equal(run.text.data, "cd", 2);
  assert_int_equal(run.n_attributes, 1);
  assert_int_equal(run.attributes[0].value.kind, YATA_ANY_JSON);
  assert_memory_equal(run.attributes[0].value.u.bytes.data, "true", 4);
  assert_int_equal(yata_text_next(o.doc, o.text, &cursor, &run), YATA_ERR_NOT_FOUND);
  assert_int_equal(yata_text_next(o.doc, o.text, &cursor, &run), YATA_ERR_NOT_FOUND);
  yata_text_cursor_deinit(o.doc, &cursor);
  assert_ok(yata_text_delete(o.doc, o.text, 0, 5));
  assert_delta(o.doc, o.text, "[]");
  end(o);
}

static void a_text_has_attributes_of_its_own(void **state) {
  (void)state;
  yata_any v = yata_any_number(1);
  yata_value got;
  struct one o = begin_text(1);
  put(o, 0, "x", NULL);
  assert_ok(yata_map_set(o.doc, o.text, "a", 1, &v));
  assert_true(yata_map_has(o.doc, o.text, "a", 1));
  assert_ok(yata_map_get(o.doc, o.text, "a", 1, &got));
  assert_true(got.any.u.number == 1);
  assert_text(o.doc, o.text, "x");
  assert_ok(yata_map_delete(o.doc, o.text, "a", 1));
  assert_false(yata_map_has(o.doc, o.text, "a", 1));
  end(o);
}

/* ---- tidying up after others -------------------------------------------------------------------- */

struct heard {
  int local, updates;
  yata_buf last;
};

static void on_txn(void *user, const yata_txn_event *txn) {
  struct heard *h = user;
  h->local += txn->local;
}

static void on_update(void *user, const yata_update_event *event) {
  struct heard *h = user;
  h->updates++;
  h->last.len = 0;
  h->last.data = realloc(h->last.data, event->len);
  memcpy(h->last.data, event->update, event->len);
  h->last.len = event->len;
}

/* Two clients delete the text around formats of which one is then for nothing. */
static void formats_that_others_left_behind_are_deleted(void **state) {
  (void)state;
  OBJECT(bold, "bold", yata_any_bool(true));
  yata_doc *a = new_doc(1), *b = new_doc(2);
  yata_type ta, tb;
  yata_applied applied;
  struct heard heard = {0};
  yata_buf tidied = YATA_BUF_INIT;
  assert_ok(yata_text(a, "t", &ta));
  assert_ok(yata_text(b, "t", &tb));
  assert_ok(yata_txn_begin(a));
  assert_ok(yata_text_insert(a, ta, 0, "xabcy", 5));
  assert_ok(yata_text_format(a, ta, 1, 3, &bold));
  assert_ok(yata_txn_commit(a, NULL));
  sync_to(a, b, &applied);
  assert_false(applied.tidied);
  assert_ok(yata_observe_txn(b, on_txn, &heard, NULL));
  assert_ok(yata_observe_update(b, 1, on_update, &heard, NULL));
  erase(a, ta, 1, 2);
  erase(b, tb, 3, 1);
  heard.local = heard.updates = 0;
  sync_to(a, b, &applied);
  assert_true(applied.tidied);
  assert_int_equal(heard.local, 1);
  assert_int_equal(heard.updates, 2);
  assert_ok(yata_tidied(b, &tidied));
  assert_int_equal(tidied.len, heard.last.len);
  assert_memory_equal(tidied.data, heard.last.data, tidied.len);
  assert_delta(b, tb, "[{\"insert\":\"x\"},{\"insert\":\"y\"}]");
  assert_ok(yata_apply_update(a, tidied.data, tidied.len, NULL));
  sync_to(b, a, NULL);
  assert_same(a, b);
  tidied.len = 0;
  insert(b, tb, 0, "z");
  assert_ok(yata_tidied(b, &tidied));
  assert_int_equal(tidied.len, 0);
  yata_buf_deinit(&tidied);
  free(heard.last.data);
  yata_doc_destroy(a);
  yata_doc_destroy(b);
}

/* What is deleted of a client may be remembered as bytes: the update deletes nothing of this one. */
static void deleting_formats_is_seen_in_the_state(void **state) {
  (void)state;
  OBJECT(bold, "bold", yata_any_bool(true));
  yata_doc *a = new_doc(1), *b = new_doc(2);
  yata_type ta, tb;
  yata_applied applied;
  yata_buf out = YATA_BUF_INIT;
  assert_ok(yata_text(a, "t", &ta));
  assert_ok(yata_text(b, "t", &tb));
  insert(a, ta, 0, "xabcy");
  sync_to(a, b, NULL);
  assert_ok(yata_txn_begin(b));
  assert_ok(yata_text_format(b, tb, 1, 3, &bold));
  assert_ok(yata_txn_commit(b, NULL));
  sync_to(b, a, NULL);
  erase(a, ta, 1, 2);
  erase(b, tb, 3, 1);
  assert_ok(yata_encode_state_as_update(b, NULL, 0, &out));
  sync_to(a, b, &applied);
  assert_true(applied.tidied);
  yata_buf_deinit(&out);
  yata_doc_destroy(a);
  yata_doc_destroy(b);
}

static void tidying_up_has_a_limit(void **state) {
  (void)state;
  yata_doc *a = new_doc(1), *b = new_doc(2);
  yata_type ta, tb;
  yata_applied applied;
  char key[16];
  assert_ok(yata_text(a, "t", &ta));
  assert_ok(yata_text(b, "t", &tb));
  insert(a, ta, 0, "ab");
  assert_ok(yata_txn_begin(a));
  for (int i = 0; i < 100; i++) {
    snprintf(key, sizeof(key), "k%d", i);
    const yata_any_entry e = {{(const uint8_t *)key, strlen(key)}, yata_any_bool(true)};
    yata_any attributes = {.kind = YATA_ANY_OBJECT};
    attributes.u.object.entries = &e;
    attributes.u.object.len = 1;
    assert_ok(yata_text_format(a, ta, 0, 1, &attributes));
  }
  assert_ok(yata_txn_commit(a, NULL));
  yata_doc_set_limits(b, 0, 1000);
  sync_to(a, b, &applied);
  assert_false(applied.tidied);
  assert_same(a, b);
  erase(a, ta, 0, 1);
  sync_to(a, b, &applied);
  assert_same(a, b);
  yata_buf out = YATA_BUF_INIT;
  assert_int_equal(yata_text_delta(b, tb, &out), 0);
  yata_buf_deinit(&out);
  yata_doc_destroy(a);
  yata_doc_destroy(b);
}

static void formats_of_several_clients_agree_in_the_end(void **state) {
  (void)state;
  OBJECT(bold, "bold", yata_any_bool(true));
  yata_doc *a = new_doc(1), *b = new_doc(2);
  yata_type ta, tb;
  assert_ok(yata_text(a, "t", &ta));
  assert_ok(yata_text(b, "t", &tb));
  insert(a, ta, 0, "abcde");
  sync_to(a, b, NULL);
  assert_ok(yata_txn_begin(a));
  assert_ok(yata_text_format(a, ta, 0, 3, &bold));
  assert_ok(yata_txn_commit(a, NULL));
  assert_ok(yata_txn_begin(b));
  assert_ok(yata_text_format(b, tb, 2, 2, &bold));
  assert_ok(yata_txn_commit(b, NULL));
  sync_to(a, b, NULL);
  sync_to(b, a, NULL);
  sync_to(a, b, NULL);
  yata_buf x = YATA_BUF_INIT, y = YATA_BUF_INIT;
  assert_ok(yata_text_delta(a, ta, &x));
  assert_ok(yata_text_delta(b, tb, &y));
  assert_int_equal(x.len, y.len);
  assert_memory_equal(x.data, y.data, x.len);

  yata_buf_deinit(&x);
  yata_buf_deinit(&y);
  assert_same(a, b);
  yata_doc_destroy(a);
  yata_doc_destroy(b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(text_has_the_attributes_that_it_was_given),
      cmocka_unit_test(text_takes_on_the_attributes_before_it),
      cmocka_unit_test(formatting_changes_a_range),
      cmocka_unit_test(formatting_past_the_end_adds_newlines),
      cmocka_unit_test(formats_go_with_the_text_they_were_for),
      cmocka_unit_test(what_follows_deleted_text_keeps_its_attributes),
      cmocka_unit_test(embeds_are_values_and_types),
      cmocka_unit_test(a_delta_is_applied),
      cmocka_unit_test(objects_are_compared_by_their_members),
      cmocka_unit_test(what_is_no_value_is_refused),
      cmocka_unit_test(keys_that_look_like_an_index_come_first),
      cmocka_unit_test(runs_are_walked_with_their_places),
      cmocka_unit_test(a_text_has_attributes_of_its_own),
      cmocka_unit_test(formats_that_others_left_behind_are_deleted),
      cmocka_unit_test(deleting_formats_is_seen_in_the_state),
      cmocka_unit_test(tidying_up_has_a_limit),
      cmocka_unit_test(formats_of_several_clients_agree_in_the_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
