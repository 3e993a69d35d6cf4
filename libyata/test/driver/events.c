/* SPDX-License-Identifier: MIT */
/* Observers that log what they are told as JSON. */
#include "driver.h"

#include <inttypes.h>

/* What one document's observers logged; it outlives the document. */
static struct log {
  yata_buf json;
  uint32_t ids[64], n_ids;
} logs[DRIVER_DOCS];

static void put(struct log *log, const char *s) {
  driver_json(&log->json, s);
}

static void put_number(struct log *log, const char *name, double v) {
  char s[128];
  snprintf(s, sizeof(s), "\"%s\":%.17g,", name, v);
  put(log, s);
}

static void put_string(struct log *log, yata_slice s) {
  driver_json_string(&log->json, s);
}

static void close_list(struct log *log, const char *end) {
  driver_json_close(&log->json, end);
}

static void put_path(struct log *log, const yata_event *e) {
  const yata_step *steps;
  size_t n;
  char s[16];
  put(log, "\"path\":[");
  if (yata_event_path(e, &steps, &n) < 0) exit(4);
  for (size_t i = 0; i < n; i++) {
    snprintf(s, sizeof(s), "%u", steps[i].index);
    if (steps[i].is_key)
      put_string(log, steps[i].key);
    else
      put(log, s);
    put(log, ",");
  }
  close_list(log, "],");
}

static void put_keys(struct log *log, const yata_event *e) {
  static const char *const actions[] = {"add", "update", "delete"};
  const yata_key_change *changes;
  size_t n;
  put(log, "\"keys\":{");
  if (yata_event_keys(e, &changes, &n) < 0) exit(4);
  for (size_t i = 0; i < n; i++) {
    put_string(log, changes[i].key);
    put(log, ":{\"action\":\"");
    put(log, actions[changes[i].action]);
    put(log, "\",\"old\":");
    driver_json_value(&log->json, &changes[i].old);
    put(log, "},");
  }
  close_list(log, "},");
}

static void put_op(struct log *log, const yata_delta_op *op) {
  static const char *const kinds[] = {"retain", "insert", "delete"};
  put(log, "{\"kind\":\"");
  put(log, kinds[op->kind]);
  put(log, "\",");
  put_number(log, "len", op->len);
  put_number(log, "oldIndex", op->old_index);
  put_number(log, "newIndex", op->new_index);
  put_number(log, "bytes", (double)op->bytes);
  put_number(log, "oldByte", (double)op->old_byte);
  put_number(log, "newByte", (double)op->new_byte);
  put(log, "\"text\":");
  put_string(log, op->text);
  put(log, ",\"values\":[");
  for (size_t i = 0; i < op->n_values; i++) {
    driver_json_value(&log->json, &op->values[i]);
    put(log, ",");
  }
  close_list(log, "],\"attributes\":{");
  for (size_t i = 0; i < op->n_attributes; i++) {
    put_string(log, op->attributes[i].key);
    put(log, ":");
    driver_json_any(&log->json, &op->attributes[i].value);
    put(log, ",");
  }
  close_list(log, "}},");
}

static void put_event(struct log *log, const yata_event *e) {
  const yata_delta_op *ops;
  size_t n;
  enum yata_kind kind = yata_type_kind(yata_event_txn(e)->doc, yata_event_target(e));
  put(log, kind == YATA_KIND_TEXT || kind == YATA_KIND_XML_TEXT ? "{\"text\":true," : "{\"text\":false,");
  put_path(log, e);
  put_keys(log, e);
  put(log, "\"delta\":[");
  if (yata_event_delta(e, &ops, &n) < 0) exit(4);
  for (size_t i = 0; i < n; i++) put_op(log, &ops[i]);
  close_list(log, "]},");
}

/* An observer of one type. */
struct named {
  struct log *log;
  char name[32];
};

static void on_event(void *user, const yata_event *e) {
  struct named *named = user;
  put(named->log, "{\"what\":\"type\",\"name\":");
  put_string(named->log, (yata_slice){(const uint8_t *)named->name, strlen(named->name)});
  put(named->log, ",\"events\":[");
  put_event(named->log, e);
  close_list(named->log, "]},");
}

static void on_events(void *user, const yata_event *const *events, size_t n) {
  struct named *named = user;
  put(named->log, "{\"what\":\"deep\",\"name\":");
  put_string(named->log, (yata_slice){(const uint8_t *)named->name, strlen(named->name)});
  put(named->log, ",\"events\":[");
  for (size_t i = 0; i < n; i++) put_event(named->log, events[i]);
  close_list(named->log, "]},");
}

/* Of each change to a sub-document a letter and its guid. */
static void put_subdocs(struct log *log, const yata_txn_event *txn) {
  static const char *const letters[] = {"a ", "l ", "r ", "u "};
  uint32_t cursor = 0;
  yata_subdoc_change c;
  while (yata_txn_next_subdoc(txn, &cursor, &c) == 0) {
    yata_buf name = YATA_BUF_INIT;
    driver_json(&name, letters[c.kind]);
    if (driver_put(&name, c.guid.data, c.guid.len) < 0) exit(3);
    put_string(log, (yata_slice){name.data, name.len});
    put(log, ",");
    yata_buf_deinit(&name);
  }
}

static void on_txn(void *user, const yata_txn_event *txn) {
  struct log *log = user;
  uint64_t client;
  uint32_t cursor = 0, before, after;
  yata_range r;
  char s[64];
  /* Observers may read, and nothing else. */
  if (yata_txn_begin(txn->doc) != YATA_ERR_STATE) exit(5);
  put(log, "{\"what\":\"txn\",");
  put_number(log, "time", (double)txn->time_ms);
  put(log, txn->local ? "\"local\":true,\"before\":{" : "\"local\":false,\"before\":{");
  while (yata_txn_next_state(txn, &cursor, &client, &before, &after) == 0) {
    snprintf(s, sizeof(s), "%llu", (unsigned long long)client);
    if (before > 0) put_number(log, s, before);
  }
  close_list(log, "},\"after\":{");
  for (cursor = 0; yata_txn_next_state(txn, &cursor, &client, &before, &after) == 0;) {
    snprintf(s, sizeof(s), "%llu", (unsigned long long)client);
    put_number(log, s, after);
  }
  close_list(log, "},\"deleted\":[");
  for (cursor = 0; yata_txn_next_deleted(txn, &cursor, &r) == 0;) {
    snprintf(s, sizeof(s), "[%" PRIu64 ",%" PRIu64 ",%" PRIu64 "],", r.client, r.clock, r.len);
    put(log, s);
  }
  close_list(log, "],\"subdocs\":[");
  put_subdocs(log, txn);
  close_list(log, "]},");
}

static void put_update(struct log *log, const yata_update_event *u, const char *what) {
  char s[4];
  yata_buf sv = YATA_BUF_INIT;
  if (yata_encode_state_vector(u->txn->doc, &sv) < 0) exit(5);
  yata_buf_deinit(&sv);
  put(log, what);
  for (size_t i = 0; i < u->len; i++) {
    snprintf(s, sizeof(s), "%02x", u->update[i]);
    put(log, s);
  }
  put(log, "\"},");
}

static void on_update(void *user, const yata_update_event *u) {
  put_update(user, u, "{\"what\":\"update\",\"bytes\":\"");
}

static void on_update_v2(void *user, const yata_update_event *u) {
  put_update(user, u, "{\"what\":\"updateV2\",\"bytes\":\"");
}

/* The log of the request's document; a new document starts a new one. */
static struct log *log_of(struct request *r) {
  return &logs[r->peer - r->peers];
}

static int keep_id(struct log *log, int err, uint32_t id) {
  if (err == 0) log->ids[log->n_ids++ % 64] = id;
  return err;
}

static int observe(struct request *r, yata_doc *doc, yata_buf *out) {
  static struct named names[1024];
  static size_t n_names;
  struct log *log = log_of(r);
  struct named *named = &names[n_names++ % 1024];
  yata_type t = driver_type(r);
  uint32_t id;
  (void)out;
  named->log = log;
  snprintf(named->name, sizeof(named->name), "%s", driver_name(r));
  int err = yata_observe(doc, t, on_event, named, &id);
  err = keep_id(log, err, id);
  if (err == 0) err = yata_observe_deep(doc, t, on_events, named, &id);
  return keep_id(log, err, id);
}

static int observe_all(struct request *r, yata_doc *doc, yata_buf *out) {
  struct log *log = log_of(r);
  uint32_t id = 0;
  (void)out;
  int err = yata_observe_txn(doc, on_txn, log, &id);
  err = keep_id(log, err, id);
  if (err == 0) err = yata_observe_update(doc, 1, on_update, log, &id);
  err = keep_id(log, err, id);
  if (err == 0) err = yata_observe_update(doc, 2, on_update_v2, log, &id);
  return keep_id(log, err, id);
}

static int unobserve(struct request *r, yata_doc *doc, yata_buf *out) {
  struct log *log = log_of(r);
  (void)out;
  while (log->n_ids > 0) yata_unobserve(doc, log->ids[--log->n_ids]);
  return 0;
}

static int take_log(struct request *r, yata_doc *doc, yata_buf *out) {
  struct log *log = log_of(r);
  (void)doc;
  int err = driver_put(out, "[", 1);
  if (err == 0) err = driver_put(out, log->json.data, log->json.len);
  if (out->data[out->len - 1] == ',') out->len--;
  if (err == 0) err = driver_put(out, "]", 1);
  yata_buf_deinit(&log->json);
  return err;
}

const struct operation driver_events[] = {
    {"observe", observe, false},
    {"observe all", observe_all, false},
    {"unobserve", unobserve, false},
    {"log", take_log, false},
    {NULL, NULL, false},
};
