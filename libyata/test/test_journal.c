/* SPDX-License-Identifier: MIT */
/* What was taken back leaves no trace: whatever comes after it makes the bytes that it makes in a document in which
 * that never happened. */
#include "attributes.h"
#include "failing.h"

struct doc {
  yata_doc *doc;
  yata_type text, rich, array, list, map, xml;
};

typedef int change(struct doc *d);

/* ---- changes ------------------------------------------------------------------------------ */

/* Where it comes right after the last one of its client the two are merged, if nothing is between their values. */
static int append_values(struct doc *d) {
  const yata_any v[] = {yata_any_number(1), yata_any_string("more than twelve bytes of text"), yata_any_number(3)};
  uint32_t len;
  int err = yata_array_length(d->doc, d->list, &len);
  return err < 0 ? err : yata_array_insert(d->doc, d->list, len, v, 3);
}

static int put_text(struct doc *d) {
  return yata_text_insert(d->doc, d->text, 0, "front", 5);
}

static int split_text(struct doc *d) {
  return yata_text_insert(d->doc, d->text, 4, "mid😀dle", 10);
}

static int grow_text(struct doc *d) {
  int err = yata_text_insert(d->doc, d->text, 10, "more", 4);
  return err < 0 ? err : yata_text_insert(d->doc, d->text, 14, "and more", 8);
}

static int erase_text(struct doc *d) {
  int err = yata_text_delete(d->doc, d->text, 2, 3);
  return err < 0 ? err : yata_text_delete(d->doc, d->text, 1, 4);
}

static int push_values(struct doc *d) {
  const yata_any v[] = {yata_any_number(1), yata_any_string("more than twelve bytes of text"), yata_any_number(3)};
  return yata_array_insert(d->doc, d->array, 2, v, 3);
}

static int erase_values(struct doc *d) {
  return yata_array_delete(d->doc, d->array, 0, 2);
}

static int set_key(struct doc *d) {
  const yata_any v = yata_any_number(5);
  int err = yata_map_set(d->doc, d->map, "new", 3, &v);
  return err < 0 ? err : yata_map_set(d->doc, d->map, "old", 3, &v);
}

static int set_attribute(struct doc *d) {
  const yata_any v = yata_any_string("v");
  return yata_map_set(d->doc, d->xml, "name", 4, &v);
}

static int nest(struct doc *d) {
  yata_type list, text;
  int err = yata_array_insert_type(d->doc, d->array, 0, YATA_KIND_ARRAY, &list);
  if (err == 0) err = yata_array_insert_type(d->doc, list, 0, YATA_KIND_TEXT, &text);
  return err < 0 ? err : yata_text_insert(d->doc, text, 0, "deep", 4);
}

static int format(struct doc *d) {
  OBJECT(bold, "b", yata_any_number(1));
  int err = yata_text_insert_with(d->doc, d->rich, 0, "strong", 6, &bold);
  return err < 0 ? err : yata_text_format(d->doc, d->rich, 2, 6, &nothing);
}

static change *const changes[] = {append_values, put_text, split_text,    grow_text, erase_text, push_values,
                                  erase_values,  set_key,  set_attribute, nest,      format};
#define CHANGES (sizeof(changes) / sizeof(*changes))

/* ---- documents ---------------------------------------------------------------------------- */

static struct doc create(uint64_t client, const yata_allocator *alloc) {
  const yata_options o = {.client_id = client, .alloc = alloc};
  yata_type root;
  struct doc d;
  assert_ok(yata_doc_create(&o, &d.doc));
  assert_ok(yata_text(d.doc, "text", &d.text));
  assert_ok(yata_text(d.doc, "rich", &d.rich));
  assert_ok(yata_array(d.doc, "array", &d.array));
  assert_ok(yata_array(d.doc, "list", &d.list));
  assert_ok(yata_map(d.doc, "map", &d.map));
  assert_ok(yata_xml_fragment(d.doc, "xml", &root));
  assert_ok(yata_txn_begin(d.doc));
  assert_ok(yata_text_insert(d.doc, d.text, 0, "0123456789abcdefghijklmnopqrstuvwxyz", 36));
  assert_ok(yata_text_insert(d.doc, d.rich, 0, "formatted", 9));
  const yata_any v[] = {yata_any_number(7), yata_any_string("also more than twelve bytes"), yata_any_number(8),
                        yata_any_number(9)};
  assert_ok(yata_array_insert(d.doc, d.array, 0, v, 4));
  assert_ok(yata_map_set(d.doc, d.map, "old", 3, v));
  assert_ok(yata_xml_insert(d.doc, root, 0, YATA_KIND_XML_ELEMENT, "p", &d.xml));
  yata_type child;
  assert_ok(yata_xml_insert(d.doc, d.xml, 0, YATA_KIND_XML_ELEMENT, "child", &child));
  assert_ok(yata_array_insert(d.doc, d.list, 0, v, 1));
  assert_ok(yata_txn_commit(d.doc, NULL));
  return d;
}

static void make_all(struct doc *d) {
  for (size_t i = 0; i < CHANGES; i++) {
    assert_ok(yata_txn_begin(d->doc));
    assert_ok(changes[i](d));
    assert_ok(yata_txn_commit(d->doc, NULL));
  }
}

/* All changes, one after the other, come out the same. */
static void assert_twins(struct doc *one, struct doc *other) {
  make_all(one);
  make_all(other);
  assert_same(one->doc, other->doc);
}

/* ---- tests -------------------------------------------------------------------------------- */

static void aborted_transactions_leave_no_trace(void **state) {
  (void)state;
  for (size_t i = 0; i < CHANGES; i++) {
    for (size_t j = 0; j < CHANGES; j++) {
      struct doc one = create(5, NULL), other = create(5, NULL);
      assert_ok(yata_txn_begin(one.doc));
      assert_ok(changes[i](&one));
      assert_ok(changes[j](&one));
      yata_txn_abort(one.doc);
      assert_same(one.doc, other.doc);
      assert_twins(&one, &other);
      yata_doc_destroy(one.doc);
      yata_doc_destroy(other.doc);
    }
  }
}

struct attempt {
  struct failing f;
  yata_allocator alloc;
  struct doc one; /* its transaction is open */
  int err;
  bool done; /* no allocation failed */
};

/* Make the change. `n`: the allocation that fails. */
static void attempt(struct attempt *a, change *make, long n) {
  a->f = (struct failing){-1, 0};
  a->alloc = (yata_allocator){failing_resize, &a->f};
  a->one = create(5, &a->alloc);
  assert_ok(yata_txn_begin(a->one.doc));
  a->f.countdown = n;
  a->err = make(&a->one);
  a->done = a->f.countdown > 0;
  a->f.countdown = -1;
  assert_true(a->err == 0 || (a->err == YATA_ERR_NOMEM && !a->done));
}

/* Done when none failed. Some can be done without. */
static bool finish(struct attempt *a) {
  yata_doc_destroy(a->one.doc);
  assert_int_equal(a->f.live, 0);
  return a->done;
}

static bool fails_once(change *make, long n, struct doc *other) {
  struct attempt a;
  attempt(&a, make, n);
  yata_txn_abort(a.one.doc);
  assert_twins(&a.one, other);
  return finish(&a);
}

/* Does the change call the library once? Then all of it was taken back when it fails. */
static bool is_one_call(change *make) {
  return make == put_text || make == split_text || make == push_values || make == append_values ||
         make == erase_values || make == set_attribute;
}

/* The same, but the transaction goes on, and makes the change again. */
static bool goes_on(change *make, long n, struct doc *other) {
  struct attempt a;
  attempt(&a, make, n);
  if (a.err < 0 && is_one_call(make)) {
    assert_ok(make(&a.one));
    assert_ok(yata_txn_commit(a.one.doc, NULL));
    assert_ok(yata_txn_begin(other->doc));
    assert_ok(make(other));
    assert_ok(yata_txn_commit(other->doc, NULL));
    assert_twins(&a.one, other);
  } else {
    yata_txn_abort(a.one.doc);
  }
  return finish(&a);
}

static void changes_without_memory_leave_no_trace(void **state) {
  (void)state;
  for (size_t i = 0; i < CHANGES; i++) {
    bool done = false;
    for (long n = 1; !done; n++) {
      struct doc other = create(5, NULL);
      done = fails_once(changes[i], n, &other);
      yata_doc_destroy(other.doc);
      other = create(5, NULL);
      done &= goes_on(changes[i], n, &other);
      yata_doc_destroy(other.doc);
    }
  }
}

/* An update of two others' changes, broken in its last byte: all of it was integrated when that is found out. */
static void malformed_updates_leave_no_trace(void **state) {
  (void)state;
  for (size_t i = 0; i < CHANGES; i++) {
    struct doc one = create(5, NULL), other = create(5, NULL), far = create(5, NULL);
    yata_buf update = YATA_BUF_INIT;
    assert_ok(yata_txn_begin(far.doc));
    assert_ok(changes[i](&far));
    assert_ok(changes[(i + 1) % CHANGES](&far));
    assert_ok(yata_txn_commit(far.doc, &update));
    assert_int_equal(yata_apply_update(one.doc, update.data, update.len - 1, NULL), YATA_ERR_MALFORMED);
    assert_same(one.doc, other.doc);
    assert_twins(&one, &other);
    yata_buf_deinit(&update);
    yata_doc_destroy(one.doc);
    yata_doc_destroy(other.doc);
    yata_doc_destroy(far.doc);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(aborted_transactions_leave_no_trace),
      cmocka_unit_test(changes_without_memory_leave_no_trace),
      cmocka_unit_test(malformed_updates_leave_no_trace),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
