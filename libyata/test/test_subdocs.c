/* SPDX-License-Identifier: MIT */
/* Sub-documents, and all that is new of types when memory fails. */
#include "attributes.h"
#include "failing.h"

static void on_txn(void *user, const yata_txn_event *txn) {
  static const char letters[] = "alru";
  char *log = user;
  uint32_t cursor = 0;
  yata_subdoc_change c;
  while (yata_txn_next_subdoc(txn, &cursor, &c) == 0) {
    size_t n = strlen(log);
    log[n] = letters[c.kind];
    memcpy(log + n + 1, c.guid.data, c.guid.len);
    log[n + 1 + c.guid.len] = 0;
  }
}

static void sub_documents_are_listed_with_their_options(void **state) {
  (void)state;
  OBJECT(meta, "m", yata_any_number(1));
  yata_doc *doc = new_doc(1), *other = new_doc(2);
  yata_type map, array;
  yata_id one, two, id;
  yata_subdoc s;
  yata_value v;
  yata_subdoc_options options = {.guid = "one", .keep_deleted = true, .meta = &meta}, later = {"two", .defer = true};
  char log[100] = "", theirs[100] = "";
  uint32_t cursor = 0;
  assert_ok(yata_map(doc, "m", &map));
  assert_ok(yata_array(doc, "a", &array));
  assert_ok(yata_observe_txn(doc, on_txn, log, NULL));
  assert_ok(yata_observe_txn(other, on_txn, theirs, NULL));
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_map_set_subdoc(doc, map, "k", 1, &options, &one));
  assert_ok(yata_array_insert_subdoc(doc, array, 0, &later, &two));
  assert_int_equal(yata_subdoc_next(doc, &cursor, &id), YATA_ERR_NOT_FOUND);
  assert_ok(yata_txn_commit(doc, NULL));
  assert_string_equal(log, "aoneloneatwo");
  assert_ok(yata_doc_check(doc));
  assert_ok(yata_subdoc_next(doc, &cursor, &id));
  assert_memory_equal(&id, &one, sizeof(id));
  assert_ok(yata_subdoc_get(doc, id, &s));
  assert_memory_equal(s.guid.data, "one", 3);
  assert_true(!s.gc && !s.auto_load && s.should_load);
  assert_int_equal(s.options.any.u.object.len, 2);
  yata_value_deinit(&s.options);
  assert_ok(yata_array_get(doc, array, 0, &v));
  assert_true(v.is_subdoc);
  assert_memory_equal(&v.subdoc, &two, sizeof(id));
  assert_json(doc, (yata_type){0, 0}, "{\"m\":{\"k\":{}},\"a\":[{}]}");
  sync_to(doc, other, NULL);
  assert_string_equal(theirs, "aoneatwo");
  assert_ok(yata_subdoc_get(other, two, &s));
  assert_true(s.gc && !s.should_load);
  yata_value_deinit(&s.options);
  assert_same(doc, other);
  yata_doc_destroy(doc);
  yata_doc_destroy(other);
}

static void sub_documents_are_loaded_and_removed(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1);
  yata_type array;
  yata_id one, two, id;
  yata_subdoc s;
  yata_subdoc_options options = {.guid = "x", .defer = true}, automatic = {.guid = "y", .auto_load = true};
  yata_buf update = YATA_BUF_INIT;
  char log[100] = "";
  uint32_t cursor = 0;
  assert_ok(yata_array(doc, "a", &array));
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_array_insert_subdoc(doc, array, 0, &options, &one));
  assert_ok(yata_array_insert_subdoc(doc, array, 1, &automatic, &two));
  assert_ok(yata_array_insert_subdoc(doc, array, 2, &options, &id));
  assert_ok(yata_array_delete(doc, array, 2, 1));
  assert_ok(yata_txn_commit(doc, NULL));
  assert_ok(yata_observe_txn(doc, on_txn, log, NULL));
  assert_int_equal(yata_subdoc_load(doc, one), YATA_ERR_STATE);
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_subdoc_load(doc, one));
  assert_ok(yata_subdoc_load(doc, one));
  assert_ok(yata_txn_commit(doc, &update));
  assert_int_equal(update.len, 0);
  assert_string_equal(log, "lx");
  assert_ok(yata_subdoc_get(doc, one, &s));
  assert_true(s.should_load);
  yata_value_deinit(&s.options);
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_subdoc_unload(doc, one));
  assert_ok(yata_array_delete(doc, array, 1, 1));
  assert_ok(yata_txn_commit(doc, NULL));
  assert_string_equal(log, "lxuxry");
  assert_int_equal(yata_subdoc_get(doc, two, &s), YATA_ERR_GONE);
  assert_int_equal(yata_subdoc_get(doc, (yata_id){9, 9}, &s), YATA_ERR_GONE);
  assert_ok(yata_subdoc_next(doc, &cursor, &id));
  assert_memory_equal(&id, &one, sizeof(id));
  assert_int_equal(yata_subdoc_next(doc, &cursor, &id), YATA_ERR_NOT_FOUND);
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_array_insert_subdoc(doc, array, 0, &options, &two));
  assert_ok(yata_subdoc_load(doc, two));
  yata_txn_abort(doc);
  assert_ok(yata_doc_check(doc));
  yata_buf_deinit(&update);
  yata_doc_destroy(doc);
}

/* ---- without memory --------------------------------------------------------------------------- */

#define DO(call)                                                                                                       \
  do {                                                                                                                 \
    int err_ = (call);                                                                                                 \
    if (err_ < 0) return err_;                                                                                         \
  } while (0)

static int edit_text(yata_doc *doc) {
  OBJECT(link, "link", json("{\"a\":{\"b\":1}}"));
  OBJECT(other, "other key that is long", yata_any_string("a long value, too"));
  OBJECT(image, "image", yata_any_string("x"));
  yata_type text, made;
  const yata_text_op ops[] = {{.kind = YATA_TEXT_RETAIN, .len = 2, .attributes = &other},
                              {.kind = YATA_TEXT_EMBED, .embed = image, .attributes = &link},
                              {.kind = YATA_TEXT_TYPE, .type_kind = YATA_KIND_XML_HOOK, .type_name = "hook"},
                              {.kind = YATA_TEXT_RETAIN, .len = 20, .attributes = &link},
                              {.kind = YATA_TEXT_DELETE, .len = 9}};
  DO(yata_text(doc, "rich", &text));
  DO(yata_text_insert_with(doc, text, 1, "new text", 8, &link));
  DO(yata_text_format(doc, text, 0, 5, &other));
  DO(yata_text_insert_embed(doc, text, 2, &image, NULL));
  DO(yata_text_insert_type(doc, text, 3, YATA_KIND_MAP, NULL, &link, &made));
  DO(yata_map_set(doc, text, "key", 3, &image));
  DO(yata_text_apply_delta(doc, text, ops, 5));
  return yata_text_delete(doc, text, 1, 6);
}

static int edit_others(yata_doc *doc) {
  yata_any v[] = {yata_any_number(1), yata_any_string("a string that is long")};
  yata_subdoc_options options = {.guid = "a guid that is long", .auto_load = true}, deferred = {"x", .defer = true};
  yata_type root, e, t, map, array;
  yata_id id, second;
  DO(yata_xml_fragment(doc, "xml", &root));
  DO(yata_xml_insert(doc, root, 0, YATA_KIND_XML_ELEMENT, "a new name", &e));
  DO(yata_xml_insert_after(doc, root, e, YATA_KIND_XML_TEXT, NULL, &t));
  DO(yata_map_set_xml(doc, e, "attribute", 9, YATA_KIND_XML_HOOK, "another name", &t));
  DO(yata_root(doc, "a new root", YATA_KIND_XML_ELEMENT, &t));
  DO(yata_array(doc, "new array", &array));
  DO(yata_array_push(doc, array, v, 2));
  DO(yata_array_insert_subdoc(doc, array, 1, &options, &id));
  DO(yata_array_insert_subdoc(doc, array, 1, &deferred, &second));
  DO(yata_subdoc_load(doc, second));
  DO(yata_subdoc_unload(doc, id));
  DO(yata_map(doc, "map", &map));
  DO(yata_map_set_subdoc(doc, map, "sub", 3, &options, &id));
  return yata_map_clear(doc, map);
}

/* With memory failing at the nth time: an error, and nothing changed; until it does not fail. */
static void fail_edits(int (*edit)(yata_doc *)) {
  for (long n = 1;; n++) {
    struct failing f = {-1, 0};
    yata_allocator alloc = {failing_resize, &f};
    yata_options o = {.client_id = 77, .alloc = &alloc};
    yata_doc *doc, *before = new_doc(1);
    assert_ok(yata_doc_create(&o, &doc));
    assert_ok(yata_apply_update(doc, FIXTURE(everything), NULL));
    assert_ok(yata_apply_update(before, FIXTURE(everything), NULL));
    f.countdown = n;
    int err = yata_txn_begin(doc);
    if (err == 0) err = edit(doc);
    if (err == 0) err = yata_txn_commit(doc, NULL);
    bool done = f.countdown > 0;
    f.countdown = -1;
    if (err < 0) {
      yata_txn_abort(doc);
      assert_int_equal(err, YATA_ERR_NOMEM);
      assert_same(doc, before);
    }
    assert_ok(yata_doc_check(doc));
    yata_doc_destroy(doc);
    yata_doc_destroy(before);
    assert_int_equal(f.live, 0);
    if (!done) continue;
    assert_int_equal(err, 0);
    assert_true(n > 10);
    return;
  }
}

static void editing_rich_text_without_memory_can_be_aborted(void **state) {
  (void)state;
  fail_edits(edit_text);
}

static void editing_other_types_without_memory_can_be_aborted(void **state) {
  (void)state;
  fail_edits(edit_others);
}

/* Updates of which each makes the receiver tidy up or changes sub-documents. */
static size_t make_updates(yata_buf *updates, yata_doc *receiver) {
  OBJECT(bold, "bold", yata_any_bool(true));
  OBJECT(em, "em", json("{\"a\":1}"));
  yata_doc *a = new_doc(1);
  yata_type text, remote, array;
  yata_subdoc_options options = {.guid = "a guid that is long", .auto_load = true};
  yata_id id;
  assert_ok(yata_text(a, "t", &text));
  assert_ok(yata_text(receiver, "t", &remote));
  assert_ok(yata_array(a, "a", &array));
  assert_ok(yata_txn_begin(a));
  assert_ok(yata_text_insert(a, text, 0, "xabcy", 5));
  assert_ok(yata_text_format(a, text, 1, 3, &bold));
  assert_ok(yata_text_format(a, text, 1, 3, &em));
  assert_ok(yata_array_insert_subdoc(a, array, 0, &options, &id));
  assert_ok(yata_txn_commit(a, &updates[0]));
  assert_ok(yata_apply_update(receiver, updates[0].data, updates[0].len, NULL));
  erase(receiver, remote, 3, 1);
  assert_ok(yata_txn_begin(a));
  assert_ok(yata_text_delete(a, text, 1, 2));
  assert_ok(yata_array_delete(a, array, 0, 1));
  assert_ok(yata_array_insert_subdoc(a, array, 0, &options, &id));
  assert_ok(yata_txn_commit(a, &updates[1]));
  yata_doc_destroy(a);
  return 2;
}

static void ignore_txn(void *user, const yata_txn_event *txn) {
  (void)user;
  (void)txn;
}

static void tidying_up_without_memory_refuses_the_update(void **state) {
  (void)state;
  for (long n = 1;; n++) {
    struct failing f = {-1, 0};
    yata_allocator alloc = {failing_resize, &f};
    yata_options o = {.client_id = 77, .alloc = &alloc};
    yata_doc *doc;
    yata_buf updates[2] = {YATA_BUF_INIT, YATA_BUF_INIT}, before = YATA_BUF_INIT;
    yata_applied applied;
    assert_ok(yata_doc_create(&o, &doc));
    assert_ok(yata_observe_txn(doc, ignore_txn, NULL, NULL));
    make_updates(updates, doc);
    assert_ok(yata_encode_state_as_update(doc, NULL, 0, &before));
    f.countdown = n;
    int err = yata_apply_update(doc, updates[1].data, updates[1].len, &applied);
    bool done = f.countdown > 0;
    f.countdown = -1;
    if (err < 0) {
      assert_int_equal(err, YATA_ERR_NOMEM);
      assert_state(doc, before.data, before.len);
    } else {
      assert_true(applied.tidied);
    }
    assert_ok(yata_doc_check(doc));
    yata_buf_deinit(&updates[0]);
    yata_buf_deinit(&updates[1]);
    yata_buf_deinit(&before);
    yata_doc_destroy(doc);
    assert_int_equal(f.live, 0);
    if (done) return;
  }
}

static int read_all(yata_doc *doc, yata_buf *out) {
  yata_type text, e;
  uint32_t cursor = 0;
  yata_id id;
  yata_subdoc s;
  DO(yata_text(doc, "rich", &text));
  DO(yata_text_delta(doc, text, out));
  DO(yata_root(doc, "t", YATA_KIND_XML_TEXT, &e));
  DO(yata_xml_to_string(doc, e, out));
  DO(yata_to_json(doc, (yata_type){0, 0}, out));
  DO(yata_tidied(doc, out));
  DO(yata_subdoc_next(doc, &cursor, &id));
  int err = yata_subdoc_get(doc, id, &s);
  yata_value_deinit(&s.options);
  return err;
}

static void reading_without_memory_changes_nothing(void **state) {
  (void)state;
  OBJECT(link, "link", json("{\"a\":\"b\",\"c\":[1]}"));
  for (long n = 1;; n++) {
    struct failing f = {-1, 0};
    yata_allocator alloc = {failing_resize, &f};
    yata_options o = {.client_id = 77, .alloc = &alloc};
    yata_subdoc_options options = {.guid = "g", .auto_load = true};
    yata_doc *doc;
    yata_buf out, before = YATA_BUF_INIT;
    yata_type e, map;
    yata_id id;
    yata_buf_init(&out, &alloc);
    assert_ok(yata_doc_create(&o, &doc));
    assert_ok(yata_apply_update(doc, FIXTURE(everything), NULL));
    assert_ok(yata_root(doc, "t", YATA_KIND_XML_TEXT, &e));
    assert_ok(yata_map(doc, "map", &map));
    assert_ok(yata_txn_begin(doc));
    assert_ok(yata_text_insert_with(doc, e, 0, "text", 4, &link));
    assert_ok(yata_map_set_subdoc(doc, map, "s", 1, &options, &id));
    assert_ok(yata_txn_commit(doc, NULL));
    assert_ok(yata_encode_state_as_update(doc, NULL, 0, &before));
    f.countdown = n;
    int err = read_all(doc, &out);
    bool done = f.countdown > 0;
    f.countdown = -1;
    assert_state(doc, before.data, before.len);
    yata_buf_deinit(&before);
    yata_buf_deinit(&out);
    yata_doc_destroy(doc);
    assert_int_equal(f.live, 0);
    assert_int_equal(err, done ? 0 : YATA_ERR_NOMEM);
    if (done) return;
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sub_documents_are_listed_with_their_options),
      cmocka_unit_test(sub_documents_are_loaded_and_removed),
      cmocka_unit_test(editing_rich_text_without_memory_can_be_aborted),
      cmocka_unit_test(editing_other_types_without_memory_can_be_aborted),
      cmocka_unit_test(tidying_up_without_memory_refuses_the_update),
      cmocka_unit_test(reading_without_memory_changes_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
