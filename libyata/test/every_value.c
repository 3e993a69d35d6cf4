/* SPDX-License-Identifier: MIT */
/* State vectors and delete sets as values. */
#include "every.h"

static int state_vectors(struct world *w) {
  static const uint8_t more[] = {2, 200, 1, 3, 4, 5};
  yata_state_vector a = {.alloc = &w->alloc}, b = {.alloc = &w->alloc};
  int err = yata_state_vector_of_doc(&a, w->doc);
  THEN(yata_state_vector_decode(&b, more, sizeof(more)));
  THEN(yata_state_vector_merge(&b, &a));
  THEN(yata_state_vector_encode(&b, &w->out));
  if (err == 0) {
    assert_int_equal(yata_state_vector_get(&b, 200), 3);
    assert_int_equal(yata_state_vector_compare(&a, &b), YATA_ORDER_BEFORE);
  }
  yata_buf_clear(&w->out);
  yata_state_vector_deinit(&a);
  yata_state_vector_deinit(&b);
  return err;
}

static int delete_sets(struct world *w) {
  static const uint8_t more[] = {1, 77, 2, 0, 5, 100, 3};
  yata_delete_set a = {.alloc = &w->alloc}, b = {.alloc = &w->alloc}, c = {.alloc = &w->alloc};
  yata_buf v2;
  yata_buf_init(&v2, &w->alloc);
  int err = yata_delete_set_of_doc(&a, w->doc);
  THEN(yata_delete_set_of_update(&c, w->state.data, w->state.len));
  THEN(yata_delete_set_decode(&b, more, sizeof(more)));
  THEN(yata_delete_set_merge(&b, &a));
  THEN(yata_delete_set_encode(&b, &w->out));
  THEN(yata_delete_set_encode_v2(&b, &v2));
  THEN(yata_delete_set_decode_v2(&c, v2.data, v2.len));
  if (err == 0) {
    assert_true(yata_delete_set_has(&b, 77, 101));
    assert_true(yata_delete_set_covers(&b, &a));
    assert_true(yata_delete_set_equal(&b, &c));
  }
  yata_buf_clear(&w->out);
  yata_buf_deinit(&v2);
  yata_delete_set_deinit(&a);
  yata_delete_set_deinit(&b);
  yata_delete_set_deinit(&c);
  return err;
}

const struct scenario every_value[] = {
    {"state vectors", state_vectors},
    {"delete sets", delete_sets},
    {NULL, NULL},
};
