/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <stdlib.h>

#include "base/config.h"

/* Sets @failed when out of memory; json_object_set_new() takes @value in every case. */
static void put(json_t *object, const char *key, json_t *value, bool *failed) {
  if (json_object_set_new(object, key, value) < 0) *failed = true;
}

static json_t *text_or_null(const char *text) {
  return text ? json_string(text) : json_null();
}

static json_t *origins_of(const struct config *c, bool *failed) {
  json_t *list = json_array();
  for (size_t i = 0; i < c->allowed_origin_count; i++)
    if (json_array_append_new(list, json_string(c->allowed_origins[i])) < 0) *failed = true;
  return list;
}

static json_t *db_of(const struct config_db *db, bool *failed) {
  if (!db->host) return json_null();
  json_t *object = json_object();
  put(object, "host", json_string(db->host), failed);
  put(object, "port", json_integer(db->port), failed);
  put(object, "user", text_or_null(db->user), failed);
  put(object, "password", db->password ? json_string("(hidden)") : json_null(), failed);
  put(object, "database", text_or_null(db->database), failed);
  put(object, "sslmode", text_or_null(db->sslmode), failed);
  return object;
}

static json_t *limits_of(const struct limits *limits, bool *failed) {
  json_t *object = json_object();
#define PUT_LIMIT(field, value, least, most, text) put(object, #field, json_integer((json_int_t)limits->field), failed);
  LIMITS_TABLE(PUT_LIMIT)
#undef PUT_LIMIT
  return object;
}

int config_print(const struct config *c, struct buf *out) {
  static const char *const levels[] = {"debug", "info", "warn", "error"};
  bool failed = false;
  json_t *root = json_object();
  put(root, "environment", text_or_null(c->environment), &failed);
  put(root, "file", text_or_null(c->file), &failed);
  put(root, "host", text_or_null(c->host), &failed);
  put(root, "port", json_integer(c->port), &failed);
  put(root, "open", json_boolean(c->open), &failed);
  put(root, "data_dir", text_or_null(c->data_dir), &failed);
  put(root, "web_dir", text_or_null(c->web_dir), &failed);
  put(root, "public_url", text_or_null(c->public_url), &failed);
  put(root, "allowed_origins", origins_of(c, &failed), &failed);
  put(root, "log_level", json_string(levels[c->log_level]), &failed);
  put(root, "log_format", json_string(c->log_format == LOG_JSON ? "json" : "text"), &failed);
  put(root, "db_config", db_of(&c->db, &failed), &failed);
  put(root, "limits", limits_of(&c->limits, &failed), &failed);
  char *text = failed ? NULL : json_dumps(root, JSON_INDENT(2));
  json_decref(root);
  int err = text ? buf_append_str(out, text) : ERR_NOMEM;
  if (!err) err = buf_append_byte(out, '\n');
  free(text);
  return err;
}
