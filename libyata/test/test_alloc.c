/* SPDX-License-Identifier: MIT */
/* An allocator that keeps books: every size that it is told was the size asked for, live_bytes is
 * what it handed out, and in the end it has all of it back. */
#include "testing.h"

#define MARK 0x59415441u

struct books {
  size_t live;
  size_t blocks;
  size_t calls;
};

struct head {
  size_t size;
  size_t mark;
};

static void *resize(void *user, void *ptr, size_t old_size, size_t new_size) {
  struct books *books = user;
  struct head *old = NULL, *new = NULL;
  books->calls++;
  if (ptr != NULL) {
    old = (struct head *)((char *)ptr - sizeof(*old));
    assert_int_equal(old->mark, MARK);
    assert_int_equal(old->size, old_size);
  }
  if (new_size > 0) {
    new = malloc(sizeof(*new) + new_size);
    if (new == NULL) return NULL;
    *new = (struct head){new_size, MARK};
    memset(new + 1, 0xa5, new_size);
    books->live += new_size;
    books->blocks++;
  }
  if (old != NULL) {
    if (new != NULL) memcpy(new + 1, ptr, old_size < new_size ? old_size : new_size);
    books->live -= old_size;
    books->blocks--;
    memset(old, 0x5a, sizeof(*old) + old_size);
    free(old);
  }
  return new != NULL ? new + 1 : NULL;
}

static void assert_books(const yata_doc *doc, const struct books *books) {
  yata_stats stats;
  assert_ok(yata_doc_check(doc));
  yata_doc_stats(doc, &stats);
  assert_int_equal(stats.live_bytes, books->live);
}

static yata_doc *booked_doc(const yata_allocator *alloc, uint64_t client) {
  yata_options o = {.client_id = client, .alloc = alloc};
  yata_doc *doc;
  assert_ok(yata_doc_create(&o, &doc));
  assert_books(doc, alloc->user);
  return doc;
}

static void assert_closed(const struct books *books) {
  assert_true(books->calls > 0);
  assert_int_equal(books->blocks, 0);
  assert_int_equal(books->live, 0);
}

static void edit_lists(yata_doc *doc, const struct books *books, yata_buf *update) {
  yata_type text, array, map, inner;
  yata_any v = yata_any_string("more than twelve bytes of text");
  assert_ok(yata_text(doc, "text", &text));
  assert_ok(yata_array(doc, "array", &array));
  assert_ok(yata_map(doc, "map", &map));
  for (uint32_t i = 0; i < 300; i++) {
    uint32_t length;
    assert_ok(yata_txn_begin(doc));
    assert_ok(yata_text_length(doc, text, &length));
    assert_ok(yata_text_insert(doc, text, i * 7 % (length + 1), "a😀\xc3\xa4", 7));
    assert_ok(yata_array_insert(doc, array, i / 2, &v, 1));
    assert_ok(yata_map_set(doc, map, i % 2 ? "odd" : "even", i % 2 ? 3 : 4, &v));
    if (i % 5 == 0) assert_ok(yata_text_delete(doc, text, i % 3, 2));
    if (i % 7 == 0) assert_ok(yata_array_insert_type(doc, array, 0, YATA_KIND_MAP, &inner));
    if (i % 11 == 0) assert_ok(yata_array_delete(doc, array, i / 4, 1));
    assert_books(doc, books);
    if (i % 13 == 0)
      yata_txn_abort(doc);
    else
      assert_ok(yata_txn_commit(doc, update));
    assert_books(doc, books);
  }
}

static void editing_keeps_the_books(void **state) {
  struct books books = {0}, buffer_books = {0};
  yata_allocator alloc = {resize, &books}, buffer_alloc = {resize, &buffer_books};
  yata_buf update;
  (void)state;
  yata_buf_init(&update, &buffer_alloc);
  yata_doc *doc = booked_doc(&alloc, 1);
  edit_lists(doc, &books, &update);
  yata_buf_clear(&update);
  assert_ok(yata_encode_state_as_update(doc, NULL, 0, &update));
  assert_ok(yata_to_json(doc, (yata_type){0, 0}, &update));
  assert_books(doc, &books);
  yata_doc_destroy(doc);
  assert_closed(&books);
  yata_buf_deinit(&update);
  assert_closed(&buffer_books);
}

static void an_open_transaction_is_freed_with_its_document(void **state) {
  struct books books = {0};
  yata_allocator alloc = {resize, &books};
  yata_type text;
  (void)state;
  yata_doc *doc = booked_doc(&alloc, 1);
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_text(doc, "text", &text));
  assert_ok(yata_text_insert(doc, text, 0, "lost", 4));
  assert_books(doc, &books);
  yata_doc_destroy(doc);
  assert_closed(&books);
}

static void updates_keep_the_books(void **state) {
  static const struct {
    const uint8_t *data;
    size_t len;
  } updates[] = {{FIXTURE(dependency_third)}, {FIXTURE(everything)},       {FIXTURE(text)},
                 {FIXTURE(pending_state)},    {FIXTURE(dependency_first)}, {FIXTURE(dependency_second)}};
  struct books books = {0};
  yata_allocator alloc = {resize, &books};
  (void)state;
  yata_doc *doc = booked_doc(&alloc, 99);
  for (size_t i = 0; i < sizeof(updates) / sizeof(*updates); i++) {
    assert_ok(yata_apply_update(doc, updates[i].data, updates[i].len, NULL));
    assert_books(doc, &books);
    assert_true(yata_apply_update(doc, updates[i].data, updates[i].len - 1, NULL) < 0);
    assert_books(doc, &books);
  }
  assert_ok(yata_apply_update_v2(doc, FIXTURE(everything_v2), NULL));
  assert_books(doc, &books);
  edit_lists(doc, &books, NULL);
  yata_doc_destroy(doc);
  assert_closed(&books);
}

/* A value's nodes are its own, and may be freed after the document changed. */
static void values_are_not_the_documents(void **state) {
  struct books books = {0};
  yata_allocator alloc = {resize, &books};
  yata_any items[] = {yata_any_number(1), yata_any_string("two")};
  yata_any list = {.kind = YATA_ANY_ARRAY, .u.array = {items, 2}};
  yata_type map;
  yata_value value;
  yata_stats stats;
  (void)state;
  yata_doc *doc = booked_doc(&alloc, 1);
  assert_ok(yata_map(doc, "map", &map));
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_map_set(doc, map, "key", 3, &list));
  assert_ok(yata_txn_commit(doc, NULL));
  assert_books(doc, &books);
  assert_ok(yata_map_get(doc, map, "key", 3, &value));
  assert_int_equal(value.any.kind, YATA_ANY_ARRAY);
  yata_doc_stats(doc, &stats);
  assert_int_equal(books.live, stats.live_bytes + value.owned_bytes);
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_map_delete(doc, map, "key", 3));
  assert_ok(yata_txn_commit(doc, NULL));
  yata_value_deinit(&value);
  assert_books(doc, &books);
  yata_doc_destroy(doc);
  assert_closed(&books);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(editing_keeps_the_books),
      cmocka_unit_test(an_open_transaction_is_freed_with_its_document),
      cmocka_unit_test(updates_keep_the_books),
      cmocka_unit_test(values_are_not_the_documents),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
