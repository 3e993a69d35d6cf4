/* SPDX-License-Identifier: MIT */
/* Awareness. */
#include "every.h"

static const uint8_t three_present[] = {3, 9, 1, 7,   '{', '"', 'a', '"', ':', '1', '}', 200,
                                        1, 2, 4, 't', 'r', 'u', 'e', 7,   3,   2,   '"', '"'};

static int to_false(void *user, const yata_awareness_entry *entry, yata_slice *json) {
  (void)user;
  (void)entry;
  *json = (yata_slice){(const uint8_t *)"false", 5};
  return 0;
}

static int use(struct world *w, yata_awareness *a) {
  static const uint64_t nine = 9;
  yata_awareness_changes changes;
  yata_slice json;
  uint64_t client, clock;
  uint32_t cursor = 0;
  int err = yata_awareness_set(a, "{\"name\":\"a\"}", 12, 1000, &changes);
  THEN(yata_awareness_apply(a, three_present, sizeof(three_present), 2000, &changes));
  if (err == 0) assert_int_equal(changes.added.len, 3);
  THEN(yata_awareness_get(a, 200, &json, &clock));
  THEN(yata_awareness_next(a, &cursor, &client, &json));
  THEN(yata_awareness_remove(a, &nine, 1, 3000, &changes));
  THEN(yata_awareness_encode(a, NULL, 0, &w->out));
  THEN(yata_awareness_tick(a, 40000, &changes));
  if (err == 0) assert_int_equal(yata_awareness_count(a), 1);
  return err;
}

/* Each call did all or nothing: what is known can still be encoded, and read back. */
static int everything(struct world *w) {
  const yata_awareness_options o = {.client_id = 5, .alloc = &w->alloc};
  yata_awareness *a = NULL;
  yata_buf all = YATA_BUF_INIT;
  int err = yata_awareness_create(&o, &a);
  if (err < 0) return err;
  err = use(w, a);
  w->failing.countdown = w->failing.countdown > 0 ? -1 : w->failing.countdown;
  assert_ok(yata_awareness_encode(a, NULL, 0, &all));
  assert_ok(yata_awareness_validate(all.data, all.len, NULL));
  yata_buf_deinit(&all);
  yata_awareness_destroy(a);
  yata_buf_clear(&w->out);
  return err;
}

static int modify(struct world *w) {
  int err = yata_awareness_modify(three_present, sizeof(three_present), to_false, NULL, &w->out);
  if (err < 0) assert_int_equal(w->out.len, 0);
  yata_buf_clear(&w->out);
  return err;
}

const struct scenario every_awareness[] = {{"awareness", everything}, {"modify awareness", modify}, {NULL, NULL}};
