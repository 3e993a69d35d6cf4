/* SPDX-License-Identifier: MIT */
/* The engine beside the oracle: the same edits in several replicas of each, the same updates in any order. Content,
 * the order of all units that are visible, state vector and delete set must be the same at every moment. */
#include "oracle.h"

#include <stdio.h>

#include "random.h"
#include "testing.h"

#define PEERS_MAX 5
#define STEPS 150
#define UPDATES_MAX 1024

static const enum oracle_kind kinds[ORACLE_LISTS] = {ORACLE_TEXT, ORACLE_TEXT, ORACLE_ARRAY,
                                                     ORACLE_KEY,  ORACLE_KEY,  ORACLE_KEY};
static const uint64_t client_ids[ORACLE_CLIENTS] = {
    0, 3, 64, 5000, 4294967295, 4294967296, 9007199254740990, 9007199254740991};

struct peer {
  yata_doc *doc;
  yata_type lists[ORACLE_LISTS];
  struct oracle *oracle;
};

/* One transaction: bytes of the engine, and operations of the oracle of the peer that made it. */
struct sent {
  yata_buf update;
  int from;
  size_t first, count;
};

static struct sent sent[UPDATES_MAX];
static size_t n_sent;

static const char *key_of(int list) {
  return list == 3 ? "a" : list == 4 ? "another" : "";
}

static void start(struct peer *p, int client, bool keep_deleted) {
  yata_options o = {.client_id = client_ids[client], .keep_deleted = keep_deleted};
  assert_ok(yata_doc_create(&o, &p->doc));
  for (int i = 0; i < ORACLE_LISTS; i++) {
    static const char *const names[] = {"text", "other text", "array", "map", "map", "map"};
    enum yata_kind kind = kinds[i] == ORACLE_TEXT    ? YATA_KIND_TEXT
                          : kinds[i] == ORACLE_ARRAY ? YATA_KIND_ARRAY
                                                     : YATA_KIND_MAP;
    assert_ok(yata_root(p->doc, names[i], kind, &p->lists[i]));
  }
  p->oracle = oracle_create(client, kinds);
}

/* ---- comparing ---------------------------------------------------------------------------- */

static void compare_value(const struct peer *p, int list, uint32_t index, int expected) {
  yata_value v;
  if (kinds[list] == ORACLE_KEY) {
    assert_ok(yata_map_get(p->doc, p->lists[list], key_of(list), strlen(key_of(list)), &v));
  } else {
    assert_ok(yata_array_get(p->doc, p->lists[list], index, &v));
  }
  assert_int_equal(v.any.kind, YATA_ANY_NUMBER);
  assert_int_equal((int)v.any.u.number, expected);
  yata_value_deinit(&v);
}

static void compare_text(const struct peer *p, int list, uint32_t length) {
  yata_buf text = YATA_BUF_INIT;
  assert_ok(yata_text_read(p->doc, p->lists[list], &text));
  assert_int_equal(text.len, length);
  for (uint32_t i = 0; i < length; i++) assert_int_equal(text.data[i], oracle_at(p->oracle, list, i)->made.value);
  yata_buf_deinit(&text);
}

/* Who wrote each unit, from the first to the last. */
static void compare_order(const struct peer *p, int list, uint32_t length) {
  yata_authors cursor = {0, length};
  yata_range r;
  uint32_t index = 0;
  int err;
  while ((err = yata_authors_next(p->doc, p->lists[list], &cursor, &r)) == 0)
    for (uint64_t i = 0; i < r.len; i++, index++) {
      const struct oracle_unit *u = oracle_at(p->oracle, list, index);
      assert_int_equal(client_ids[u->made.id.client], r.client);
      assert_int_equal(u->made.id.clock, r.clock + i);
    }
  assert_int_equal(err, YATA_ERR_NOT_FOUND);
  assert_int_equal(index, length);
}

static void compare_list(const struct peer *p, int list) {
  uint32_t length = oracle_length(p->oracle, list), ours;
  if (kinds[list] == ORACLE_KEY) {
    bool has = yata_map_has(p->doc, p->lists[list], key_of(list), strlen(key_of(list)));
    assert_int_equal(has, length);
    if (has) compare_value(p, list, 0, oracle_at(p->oracle, list, 0)->made.value);
    return;
  }
  if (kinds[list] == ORACLE_TEXT) {
    compare_text(p, list, length);
  } else {
    assert_ok(yata_array_length(p->doc, p->lists[list], &ours));
    assert_int_equal(ours, length);
    for (uint32_t i = 0; i < length; i++) compare_value(p, list, i, oracle_at(p->oracle, list, i)->made.value);
  }
  compare_order(p, list, length);
}

static void compare_state(const struct peer *p) {
  yata_state_vector sv = YATA_VALUE_INIT;
  yata_delete_set ds = YATA_VALUE_INIT;
  uint32_t clients = 0;
  uint64_t deleted = 0;
  assert_ok(yata_state_vector_of_doc(&sv, p->doc));
  assert_ok(yata_delete_set_of_doc(&ds, p->doc));
  for (int c = 0; c < ORACLE_CLIENTS; c++) {
    clients += p->oracle->state[c] > 0;
    assert_int_equal(yata_state_vector_get(&sv, client_ids[c]), p->oracle->state[c]);
    for (uint32_t i = 0; i < p->oracle->state[c]; i++) {
      assert_int_equal(yata_delete_set_has(&ds, client_ids[c], i), p->oracle->units[c][i]->deleted);
      deleted += p->oracle->units[c][i]->deleted;
    }
  }
  assert_int_equal(sv.len, clients);
  for (uint32_t i = 0; i < ds.len; i++) deleted -= ds.v[i].len;
  assert_int_equal(deleted, 0);
  yata_state_vector_deinit(&sv);
  yata_delete_set_deinit(&ds);
}

static void compare(const struct peer *p) {
  assert_ok(yata_doc_check(p->doc));
  compare_state(p);
  for (int list = 0; list < ORACLE_LISTS; list++) compare_list(p, list);
}

/* ---- editing ------------------------------------------------------------------------------ */

static void insert_some(struct peer *p, int list, uint32_t index) {
  int values[8];
  char text[8];
  yata_any any[8];
  uint32_t n = 1 + below(below(4) == 0 ? 8 : 2);
  for (uint32_t i = 0; i < n; i++) {
    values[i] = (int)('a' + below(26));
    text[i] = (char)values[i];
    any[i] = yata_any_number(values[i]);
  }
  oracle_insert(p->oracle, list, index, values, n);
  if (kinds[list] == ORACLE_TEXT)
    assert_ok(yata_text_insert(p->doc, p->lists[list], index, text, n));
  else
    assert_ok(yata_array_insert(p->doc, p->lists[list], index, any, n));
}

static void delete_some(struct peer *p, int list, uint32_t index, uint32_t count) {
  oracle_delete(p->oracle, list, index, count);
  if (kinds[list] == ORACLE_TEXT)
    assert_ok(yata_text_delete(p->doc, p->lists[list], index, count));
  else
    assert_ok(yata_array_delete(p->doc, p->lists[list], index, count));
}

static void edit_key(struct peer *p, int list) {
  const char *key = key_of(list);
  if (below(3) > 0) {
    int value = (int)below(1000);
    yata_any any = yata_any_number(value);
    oracle_set(p->oracle, list, value);
    assert_ok(yata_map_set(p->doc, p->lists[list], key, strlen(key), &any));
  } else if (yata_map_has(p->doc, p->lists[list], key, strlen(key))) {
    oracle_unset(p->oracle, list);
    assert_ok(yata_map_delete(p->doc, p->lists[list], key, strlen(key)));
  }
}

static void edit_one(struct peer *p) {
  int list = (int)below(ORACLE_LISTS);
  if (kinds[list] == ORACLE_KEY) {
    edit_key(p, list);
    return;
  }
  uint32_t length = oracle_length(p->oracle, list);
  /* Often near one place, so that replicas meet there. */
  uint32_t index = below(2) ? below(length + 1) : length < 3 ? 0 : 3;
  if (below(10) < 6 || index == length)
    insert_some(p, list, index);
  else
    delete_some(p, list, index, 1 + below(length - index < 5 ? length - index : 5));
}

static void edit(struct peer *p, int number) {
  struct sent *s = &sent[n_sent];
  s->from = number;
  s->first = p->oracle->n_made;
  assert_ok(yata_txn_begin(p->doc));
  for (uint32_t n = 1 + below(3); n > 0; n--) edit_one(p);
  assert_ok(yata_txn_commit(p->doc, &s->update));
  s->count = p->oracle->n_made - s->first;
  if (s->count > 0) n_sent++;
}

static void take(struct peer *peers, struct peer *p, const struct sent *s) {
  oracle_take(p->oracle, peers[s->from].oracle->made + s->first, s->count);
  assert_ok(yata_apply_update(p->doc, s->update.data, s->update.len, NULL));
}

/* ---- sessions ----------------------------------------------------------------------------- */

static void session(int count) {
  struct peer peers[PEERS_MAX];
  bool had[PEERS_MAX][UPDATES_MAX] = {{false}};
  int first = (int)below((uint32_t)(ORACLE_CLIENTS - count + 1));
  bool keep_deleted = below(3) == 0;
  memset(sent, 0, sizeof(sent));
  n_sent = 0;
  for (int i = 0; i < count; i++) start(&peers[i], first + i, keep_deleted);
  for (int step = 0; step < STEPS; step++) {
    int i = (int)below((uint32_t)count);
    /* While something waits, Yjs may keep back more than must wait: then an index means another place. */
    if (below(2) && peers[i].oracle->n_waiting == 0) {
      edit(&peers[i], i);
    } else if (n_sent > 0) {
      /* Any update, whatever it depends on; sometimes one that came before. */
      size_t n = below((uint32_t)n_sent);
      if (sent[n].from != i) take(peers, &peers[i], &sent[n]);
      had[i][n] = true;
    }
    if (peers[i].oracle->n_waiting == 0) compare(&peers[i]);
  }
  for (int i = 0; i < count; i++) {
    for (size_t n = n_sent; n-- > 0;)
      if (!had[i][n] && sent[n].from != i) take(peers, &peers[i], &sent[n]);
    assert_int_equal(peers[i].oracle->n_waiting, 0);
    compare(&peers[i]);
  }
  /* The last one may have come to nothing. */
  for (size_t n = 0; n <= n_sent; n++) yata_buf_deinit(&sent[n].update);
  for (int i = 0; i < count; i++) {
    yata_doc_destroy(peers[i].doc);
    oracle_destroy(peers[i].oracle);
  }
}

static void replicas_are_what_the_oracle_says(void **state) {
  const char *given = getenv("YATA_SESSIONS");
  int sessions = given != NULL ? atoi(given) : 60;
  (void)state;
  for (int i = 0; i < sessions; i++) session(2 + i % (PEERS_MAX - 1));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test_setup(replicas_are_what_the_oracle_says, seed)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
