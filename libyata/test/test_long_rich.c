/* SPDX-License-Identifier: MIT */
/* A long text with formats here and there, beside an array of what is bold. Which formats are in force at a place is
 * found by the tree of the list; yata_doc_check compares that with the list, too. */
#include "random.h"

#define LONG 16000
#define BUILT 9000

/* '.' for a unit that is plain, 'B' for one that is bold. */
struct model {
  char v[LONG];
  uint32_t n;
};

static void put(struct model *m, uint32_t at, char unit) {
  memmove(m->v + at + 1, m->v + at, m->n - at);
  m->v[at] = unit;
  m->n++;
}

static void cut(struct model *m, uint32_t at, uint32_t count) {
  memmove(m->v + at, m->v + at + count, m->n - at - count);
  m->n -= count;
}

static const yata_any *attributes(bool bold) {
  static yata_any_entry entry = {.key = {(const uint8_t *)"bold", 4}};
  static yata_any object = {.kind = YATA_ANY_OBJECT};
  entry.value = bold ? yata_any_bool(true) : yata_any_null();
  object.u.object.entries = &entry;
  object.u.object.len = 1;
  return &object;
}

/* Insert one unit: as its left neighbour is, or as told. */
static void put_both(yata_doc *doc, yata_type text, struct model *m, uint32_t at) {
  bool bold = below(2) > 0;
  assert_ok(yata_txn_begin(doc));
  if (below(150) > 0) {
    assert_ok(yata_text_insert(doc, text, at, "x", 1));
    put(m, at, at > 0 ? m->v[at - 1] : '.');
  } else {
    assert_ok(yata_text_insert_with(doc, text, at, "y", 1, attributes(bold)));
    put(m, at, bold ? 'B' : '.');
  }
  assert_ok(yata_txn_commit(doc, NULL));
}

static void change_both(yata_doc *doc, yata_type text, struct model *m, uint32_t at) {
  bool bold = below(2) > 0;
  uint32_t count = 1 + below(below(30) == 0 ? 300 : 8);
  if (count > m->n - at) count = m->n - at;
  if (count == 0) return;
  assert_ok(yata_txn_begin(doc));
  if (below(15) > 0) {
    assert_ok(yata_text_delete(doc, text, at, count));
    cut(m, at, count);
  } else {
    if (count < 8) count = 1;
    assert_ok(yata_text_format(doc, text, at, count, attributes(bold)));
    memset(m->v + at, bold ? 'B' : '.', count);
  }
  assert_ok(yata_txn_commit(doc, NULL));
}

static void compare(const yata_doc *doc, yata_type text, const struct model *m) {
  yata_text_cursor cursor = {0};
  yata_text_run run;
  uint32_t at = 0;
  int err;
  assert_ok(yata_doc_check(doc));
  while ((err = yata_text_next(doc, text, &cursor, &run)) == 0)
    for (uint32_t i = 0; i < run.len; i++, at++) assert_int_equal(m->v[at], run.n_attributes > 0 ? 'B' : '.');
  assert_int_equal(err, YATA_ERR_NOT_FOUND);
  assert_int_equal(at, m->n);
  yata_text_cursor_deinit(doc, &cursor);
}

/* Edits that are taken back change the tree, too. */
static void try(yata_doc *doc, yata_type text, uint32_t n) {
  assert_ok(yata_txn_begin(doc));
  for (uint32_t i = 0; i < 40; i++) assert_ok(yata_text_format(doc, text, below(n - 3), 3, attributes(i % 2)));
  yata_txn_abort(doc);
}

/* A run in pieces, whose deleted units join when what stands between them goes; and units at random places. */
static void fragment(yata_doc *doc, yata_type text, struct model *m) {
  static char run[BUILT + 1];
  memset(run, 'x', BUILT);
  memset(m->v, '.', BUILT);
  m->n = BUILT;
  insert(doc, text, 0, run);
  for (uint32_t at = 0; at < BUILT / 2; at++) erase(doc, text, at, 1);
  cut(m, 0, BUILT / 2);
  for (uint32_t i = 0; i < BUILT / 4; i++) {
    insert(doc, text, below(m->n + 1), "z");
    put(m, 0, '.');
  }
}

static void formats_in_force_are_found_in_a_long_text(void **state) {
  (void)state;
  static struct model m;
  yata_doc *doc = new_doc(1);
  yata_type text;
  assert_ok(yata_text(doc, "t", &text));
  m.n = 0;
  fragment(doc, text, &m);
  for (uint32_t i = 0; i < 6000 && m.n > 100; i++) {
    /* First it grows, here and there; then it shrinks. */
    uint32_t at = below(3) > 0 ? below(m.n + 1) : m.n / 3 + below(m.n / 100);
    if (below(i < 3000 ? 10 : 2) > 0)
      put_both(doc, text, &m, at);
    else
      change_both(doc, text, &m, at);
    if (i % 500 == 0) try(doc, text, m.n);
    if (i % 250 == 0) compare(doc, text, &m);
  }
  /* What stands in a few nodes comes to stand in one, the formats that are left, too. */
  for (uint32_t i = 0; i < 1500; i++) {
    uint32_t at = below(m.n), count = 0;
    while (at + count < m.n && count < 12 && m.v[at + count] == '.') count++;
    if (count == 0) continue;
    erase(doc, text, at, count);
    cut(&m, at, count);
    assert_ok(yata_doc_check(doc));
  }
  compare(doc, text, &m);
  yata_doc_destroy(doc);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(formats_in_force_are_found_in_a_long_text)};
  return cmocka_run_group_tests(tests, seed, NULL);
}
