/* SPDX-License-Identifier: MIT */
/* Who follows a text in UTF-8 has the same text when a transaction tore a surrogate pair. */
#include "testing.h"

struct mirror {
  char bytes[64];
  size_t len;
  int calls;
};

static void on_text(void *user, const yata_event *event) {
  struct mirror *m = user;
  const yata_delta_op *ops;
  size_t count;
  m->calls++;
  assert_ok(yata_event_delta(event, &ops, &count));
  for (size_t i = 0; i < count; i++) {
    const yata_delta_op *op = &ops[i];
    size_t removed = op->kind == YATA_DELTA_INSERT ? 0 : op->bytes, added = op->text.len;
    if (op->kind == YATA_DELTA_RETAIN && added == 0) continue;
    if (op->kind == YATA_DELTA_DELETE) added = 0;
    assert_true(op->new_byte + removed <= m->len && m->len - removed + added <= sizeof(m->bytes));
    char *at = m->bytes + op->new_byte;
    memmove(at + added, at + removed, m->len - op->new_byte - removed);
    if (added > 0) memcpy(at, op->text.data, added);
    m->len += added - removed;
  }
}

enum way { INSERTED, FIRST_DELETED, SECOND_DELETED, BOTH_DELETED, KEY_SET, WAYS };

static void tear(yata_doc *doc, yata_type text, enum way way) {
  const yata_any_entry none = {{(const uint8_t *)"b", 1}, yata_any_null()};
  const yata_any one = yata_any_bool(true);
  yata_any attributes = {.kind = YATA_ANY_OBJECT};
  attributes.u.object.entries = &none;
  attributes.u.object.len = 1;
  assert_ok(yata_txn_begin(doc));
  switch (way) {
  case INSERTED: assert_ok(yata_text_insert(doc, text, 2, "-", 1)); break;
  case FIRST_DELETED: assert_ok(yata_text_delete(doc, text, 1, 1)); break;
  case SECOND_DELETED: assert_ok(yata_text_delete(doc, text, 2, 1)); break;
  case BOTH_DELETED:
    assert_ok(yata_text_delete(doc, text, 2, 1));
    assert_ok(yata_text_delete(doc, text, 1, 1));
    break;
  default: /* formatting that changes nothing */
    assert_ok(yata_text_format(doc, text, 0, 2, &attributes));
    assert_ok(yata_map_set(doc, text, "k", 1, &one));
  }
  assert_ok(yata_txn_commit(doc, NULL));
}

static void a_follower_in_utf8_keeps_up_when_pairs_are_torn(void **state) {
  (void)state;
  static const char *const expected[WAYS] = {"x\xef\xbf\xbd-\xef\xbf\xbdy", "x\xef\xbf\xbdy", "x\xef\xbf\xbdy", "xy",
                                             "x\xef\xbf\xbd\xef\xbf\xbdy"};
  for (int way = 0; way < WAYS; way++) {
    struct mirror m = {.len = 0};
    yata_doc *doc = new_doc(1);
    yata_type text;
    assert_ok(yata_root(doc, "x", YATA_KIND_XML_TEXT, &text));
    assert_ok(yata_observe(doc, text, on_text, &m, NULL));
    insert(doc, text, 0, "x\xf0\x9f\x98\x80y");
    tear(doc, text, (enum way)way);
    assert_int_equal(m.calls, 2);
    assert_text(doc, text, expected[way]);
    assert_int_equal(m.len, strlen(expected[way]));
    assert_memory_equal(m.bytes, expected[way], m.len);
    yata_doc_destroy(doc);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_follower_in_utf8_keeps_up_when_pairs_are_torn),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
