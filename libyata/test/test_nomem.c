/* SPDX-License-Identifier: MIT */
/* The same work with the 1st, 2nd, … nth allocation failing: an error, and nothing changed. */
#include "failing.h"

#include <stdio.h>

#include "testing.h"

static int edit(yata_doc *doc, yata_buf *update) {
  yata_type text, map, array, inner;
  yata_any v = yata_any_string("more than twelve bytes of text");
  int err = yata_txn_begin(doc);
  if (err == 0) err = yata_text(doc, "rich", &text);
  if (err == 0) err = yata_text_insert(doc, text, 2, "😀abc", 7);
  if (err == 0) err = yata_text_insert(doc, text, 3, "z", 1);
  if (err == 0) err = yata_text_delete(doc, text, 1, 3);
  if (err == 0) err = yata_map(doc, "map", &map);
  if (err == 0) err = yata_map_set(doc, map, "new key", 7, &v);
  if (err == 0) err = yata_map_set_type(doc, map, "list", 4, YATA_KIND_ARRAY, &inner);
  if (err == 0) err = yata_array_insert(doc, inner, 0, &v, 1);
  if (err == 0) err = yata_array(doc, "new array", &array);
  if (err == 0) err = yata_array_insert_type(doc, array, 0, YATA_KIND_TEXT, &inner);
  return err < 0 ? err : yata_txn_commit(doc, update);
}

/* Roots that were asked for stay; everything others see must be as before. */
static void fail_everywhere(const uint8_t *before, size_t before_len, const yata_slice *updates, size_t count,
                            bool with_edit) {
  for (long n = 1;; n++) {
    struct failing f = {-1, 0};
    yata_allocator alloc = {failing_resize, &f};
    yata_options o = {.client_id = 77, .alloc = &alloc};
    yata_doc *doc;
    yata_buf old = YATA_BUF_INIT, update;
    int err = 0;
    yata_buf_init(&update, &alloc);
    assert_ok(yata_doc_create(&o, &doc));
    if (before_len > 0) assert_ok(yata_apply_update(doc, before, before_len, NULL));
    f.countdown = n;
    for (size_t i = 0; i < count && err == 0; i++) {
      f.countdown = f.countdown < 0 ? -1 : f.countdown;
      long left = f.countdown;
      f.countdown = -1;
      yata_buf_clear(&old);
      assert_ok(yata_encode_state_as_update(doc, NULL, 0, &old));
      f.countdown = left;
      err = yata_apply_update(doc, updates[i].data, updates[i].len, NULL);
    }
    if (err == 0 && with_edit) {
      long left = f.countdown;
      f.countdown = -1;
      yata_buf_clear(&old);
      assert_ok(yata_encode_state_as_update(doc, NULL, 0, &old));
      f.countdown = left;
      err = edit(doc, &update);
      if (err < 0) yata_txn_abort(doc);
    }
    bool done = f.countdown > 0;
    f.countdown = -1;
    if (err < 0) {
      assert_int_equal(err, YATA_ERR_NOMEM);
      assert_state(doc, old.data, old.len);
    }
    assert_ok(yata_doc_check(doc));
    yata_buf_deinit(&old);
    yata_buf_deinit(&update);
    yata_doc_destroy(doc);
    assert_int_equal(f.live, 0);
    if (done) {
      assert_int_equal(err, 0);
      assert_true(n > 5);
      return;
    }
  }
}

static void loading_without_memory_leaves_the_document_empty(void **state) {
  (void)state;
  const yata_slice all[] = {{FIXTURE(everything)}};
  fail_everywhere(NULL, 0, all, 1, false);
}

static void merging_an_update_without_memory_changes_nothing(void **state) {
  (void)state;
  const yata_slice all[] = {{FIXTURE(dependency_second)},
                            {FIXTURE(dependency_third)},
                            {FIXTURE(everything)},
                            {FIXTURE(dependency_first)},
                            {FIXTURE(dependency_second)}};
  fail_everywhere(FIXTURE(text), all, 5, false);
}

/* Values that are to be brought into the bytes of Yjs. */
static void rewriting_values_without_memory_changes_nothing(void **state) {
  (void)state;
  static const uint8_t any[] = {1, 1, 9, 0, 8, 1, 1, 'a', 2, 0x7d, 0x81, 0, 0x76, 2, 1, 'b', 126, 1, '1', 120, 0};
  static const uint8_t embed[] = {1,   1,   8,   0,   5,   1,   1,   't', 18,  '{', '"', 'b', '"', ':',
                                  '[', ' ', '1', '.', '0', ']', ',', '"', '1', '"', ':', '0', '}', 0};
  const yata_slice all[] = {{any, sizeof(any)}, {embed, sizeof(embed)}};
  fail_everywhere(NULL, 0, all, 2, false);
}

/* Text that goes on in its client's last item, across the end of a chunk, and then needs two bytes a unit. */
static void going_on_without_memory_leaves_no_text_behind(void **state) {
  (void)state;
  static const uint8_t first[] = {1, 1, 7, 0, 4, 1, 1, 't', 1, 'a', 0}, head[] = {1, 1, 7, 1, 0x84, 7, 0, 0xba, 0x17};
  uint8_t more[sizeof(head) + 3000 + 3] = {0};
  memcpy(more, head, sizeof(head));
  memset(more + sizeof(head), 'b', 3000);
  memcpy(more + sizeof(head) + 3000, "\xc3\xa4", 2);
  fail_everywhere(first, sizeof(first), &(yata_slice){more, sizeof(more)}, 1, false);
}

/* Text that goes in between the items of two clients, across the ends of chunks. */
static void going_between_without_memory_leaves_no_text_behind(void **state) {
  (void)state;
  static const uint8_t first[] = {2, 1, 8, 0, 0x84, 7, 0, 1, 'c', 1, 7, 0, 4, 1, 1, 't', 1, 'a', 0};
  static const uint8_t head[] = {1, 1, 8, 1, 0xc4, 7, 0, 8, 0, 0xe0, 0x5d};
  uint8_t more[sizeof(head) + 12000 + 1] = {0};
  memcpy(more, head, sizeof(head));
  memset(more + sizeof(head), 'b', 12000);
  fail_everywhere(first, sizeof(first), &(yata_slice){more, sizeof(more)}, 1, false);
}

static void editing_without_memory_can_be_aborted(void **state) {
  (void)state;
  fail_everywhere(FIXTURE(everything), NULL, 0, true);
}

static void creating_without_memory_frees_what_it_took(void **state) {
  (void)state;
  for (long n = 1;; n++) {
    struct failing f = {n, 0};
    yata_allocator alloc = {failing_resize, &f};
    yata_options o = {.alloc = &alloc};
    yata_doc *doc = NULL;
    int err = yata_doc_create(&o, &doc);
    if (err == 0) yata_doc_destroy(doc);
    assert_int_equal(f.live, 0);
    if (err == 0) break;
    assert_int_equal(err, YATA_ERR_NOMEM);
  }
}

static void encoding_without_memory_leaves_the_buffer_as_it_was(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1);
  assert_ok(yata_apply_update(doc, FIXTURE(dependency_second), NULL));
  assert_ok(yata_apply_update(doc, FIXTURE(everything), NULL));
  for (long n = 1;; n++) {
    struct failing f = {n, 0};
    yata_allocator alloc = {failing_resize, &f};
    yata_buf out;
    yata_buf_init(&out, &alloc);
    int err = yata_encode_state_as_update(doc, NULL, 0, &out);
    if (err < 0) assert_int_equal(out.len, 0);
    yata_buf_deinit(&out);
    assert_int_equal(f.live, 0);
    if (err == 0) break;
    assert_int_equal(err, YATA_ERR_NOMEM);
  }
  yata_doc_destroy(doc);
}

static void live_bytes_are_what_was_taken(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1);
  yata_stats before, after;
  yata_doc_stats(doc, &before);
  assert_ok(yata_apply_update(doc, FIXTURE(everything), NULL));
  yata_doc_stats(doc, &after);
  assert_true(after.live_bytes > before.live_bytes);
  assert_true(after.live_bytes < 100000);
  yata_doc_destroy(doc);
}

/* ---- memory that a commit asks for before it can no longer fail ---------------------------- */

struct counting {
  uint32_t calls;
};

static void *count_resize(void *user, void *ptr, size_t old_size, size_t new_size) {
  struct counting *c = user;
  (void)old_size;
  c->calls += new_size > 0;
  if (new_size > 0) return realloc(ptr, new_size);
  free(ptr);
  return NULL;
}

#define MANY 300
#define LONG 200 /* bytes of a name or a value */

static void make_texts(yata_doc *doc) {
  yata_type text;
  char s[3 * LONG];
  for (uint32_t i = 0; i < sizeof(s); i += 3) memcpy(s + i, "漢", 3);
  assert_ok(yata_text(doc, "text", &text));
  for (uint32_t i = 0; i < MANY; i++) assert_ok(yata_text_insert(doc, text, 0, s, sizeof(s)));
}

static void make_keys(yata_doc *doc) {
  yata_type map;
  char key[LONG + 1];
  yata_any v = yata_any_string("more than twelve bytes of text");
  assert_ok(yata_map(doc, "map", &map));
  for (int i = 0; i < MANY; i++) {
    (void)snprintf(key, sizeof(key), "%0*d", LONG, i);
    assert_ok(yata_map_set(doc, map, key, LONG, &v));
  }
}

static void make_values(yata_doc *doc) {
  yata_type array;
  char s[LONG + 1];
  (void)snprintf(s, sizeof(s), "%0*d", LONG, 0);
  yata_any v[2] = {yata_any_string(s), yata_any_string(s)};
  assert_ok(yata_array(doc, "array", &array));
  for (int i = 0; i < MANY; i++) assert_ok(yata_array_insert(doc, array, 0, v, 2));
}

static void make_elements(yata_doc *doc) {
  yata_type fragment, element;
  char name[LONG + 1];
  (void)snprintf(name, sizeof(name), "%0*d", LONG, 0);
  assert_ok(yata_xml_fragment(doc, "xml", &fragment));
  for (int i = 0; i < MANY; i++) assert_ok(yata_xml_insert(doc, fragment, 0, YATA_KIND_XML_ELEMENT, name, &element));
}

static void make_holes(yata_doc *doc) {
  yata_type text;
  assert_ok(yata_text(doc, "text", &text));
  for (uint32_t i = 0; i < MANY * 30; i++) assert_ok(yata_text_delete(doc, text, i, 1));
}

/* What takes the most in JSON: bytes, control characters, undefined. */
static void make_bytes(yata_doc *doc) {
  yata_type text;
  uint8_t bytes[LONG];
  char s[LONG];
  memset(bytes, 0xff, sizeof(bytes));
  memset(s, 1, sizeof(s));
  yata_any v[] = {{.kind = YATA_ANY_BINARY},
                  yata_any_string_n(s, sizeof(s)),
                  {.kind = YATA_ANY_UNDEFINED},
                  yata_any_number(-4.9e-324)};
  v[0].u.bytes.data = bytes;
  v[0].u.bytes.len = sizeof(bytes);
  yata_any embed = {.kind = YATA_ANY_ARRAY};
  embed.u.array.items = v;
  embed.u.array.len = 4;
  assert_ok(yata_text(doc, "embeds", &text));
  for (int i = 0; i < MANY; i++) assert_ok(yata_text_insert_embed(doc, text, 0, i % 2 ? &embed : &v[0], NULL));
}

static void commit_asks_for_its_memory_once(void **state) {
  static void (*const make[])(yata_doc *) = {make_texts, make_keys, make_values, make_elements, make_bytes, make_holes};
  yata_options o = {.client_id = ((uint64_t)1 << 53) - 1};
  struct counting counting = {0};
  yata_allocator alloc = {count_resize, &counting};
  yata_doc *doc;
  (void)state;
  assert_ok(yata_doc_create(&o, &doc));
  for (size_t i = 0; i < sizeof(make) / sizeof(*make); i++) {
    yata_buf update;
    yata_buf_init(&update, &alloc);
    assert_ok(yata_txn_begin(doc));
    make[i](doc);
    counting.calls = 0;
    assert_ok(yata_txn_commit(doc, &update));
    assert_int_equal(counting.calls, 1);
    assert_true(update.len > MANY * 30);
    yata_buf_deinit(&update);
  }
  yata_doc_destroy(doc);
}

/* Where a run was deleted and made anew, to split it takes memory, even when whoever did that has gone. `more`: runs
 * that stay, so that there is room for what else it takes. */
static void split_what_was_redone(uint32_t more, long n) {
  struct failing f = {-1, 0};
  const yata_allocator alloc = {failing_resize, &f};
  const yata_options o = {.client_id = 5, .alloc = &alloc};
  yata_doc *doc, *peer = new_doc(6);
  yata_buf update = YATA_BUF_INIT, before = YATA_BUF_INIT;
  yata_undo_manager *manager;
  yata_type text, same;
  assert_ok(yata_doc_create(&o, &doc));
  assert_ok(yata_text(doc, "t", &text));
  assert_ok(yata_text(peer, "t", &same));
  for (uint32_t i = 0; i < 16 + more; i++) insert(doc, text, 0, "abcdefgh");
  assert_ok(yata_encode_state_as_update(doc, NULL, 0, &update));
  assert_ok(yata_apply_update(peer, update.data, update.len, NULL));
  insert(peer, same, 0, "peer");
  yata_buf_clear(&update);
  assert_ok(yata_encode_state_as_update(peer, NULL, 0, &update));
  assert_ok(yata_apply_update(doc, update.data, update.len, NULL));
  assert_ok(yata_undo_create(doc, NULL, &manager));
  for (uint32_t i = 0; i < 16; i++) erase(doc, text, 4, 8);
  assert_ok(yata_undo_undo(manager, 1, NULL, NULL));
  yata_undo_destroy(manager);
  yata_buf_clear(&update);
  assert_ok(yata_txn_begin(peer));
  assert_ok(yata_text_insert(peer, same, 31, "q", 1));
  assert_ok(yata_txn_commit(peer, &update));
  assert_ok(yata_encode_state_as_update(doc, NULL, 0, &before));
  f.countdown = n;
  int err = yata_apply_update(doc, update.data, update.len, NULL);
  f.countdown = -1;
  assert_ok(yata_doc_check(doc));
  if (err < 0) assert_state(doc, before.data, before.len);
  yata_buf_deinit(&update);
  yata_buf_deinit(&before);
  yata_doc_destroy(doc);
  yata_doc_destroy(peer);
  assert_int_equal(f.live, 0);
}

static void splitting_what_was_redone_without_memory_changes_nothing(void **state) {
  (void)state;
  for (uint32_t more = 0; more < 8; more++)
    for (long n = 1; n < 4; n++) split_what_was_redone(more, n);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(loading_without_memory_leaves_the_document_empty),
      cmocka_unit_test(merging_an_update_without_memory_changes_nothing),
      cmocka_unit_test(rewriting_values_without_memory_changes_nothing),
      cmocka_unit_test(going_on_without_memory_leaves_no_text_behind),
      cmocka_unit_test(going_between_without_memory_leaves_no_text_behind),
      cmocka_unit_test(editing_without_memory_can_be_aborted),
      cmocka_unit_test(creating_without_memory_frees_what_it_took),
      cmocka_unit_test(encoding_without_memory_leaves_the_buffer_as_it_was),
      cmocka_unit_test(splitting_what_was_redone_without_memory_changes_nothing),
      cmocka_unit_test(live_bytes_are_what_was_taken),
      cmocka_unit_test(commit_asks_for_its_memory_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
