/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/config_parts.h"

enum { FILE_MAX_BYTES = 1 << 20, PATH_MAX_CHARS = 256 };

static struct config_value value_of(const json_t *json) {
  static const char *const names[] = {[JSON_OBJECT] = "an object",
                                      [JSON_ARRAY] = "an array",
                                      [JSON_REAL] = "a number with a fraction",
                                      [JSON_NULL] = "null"};
  struct config_value value = {.typed = true};
  switch (json_typeof(json)) {
  case JSON_STRING:
    value.kind = VALUE_TEXT;
    value.text = json_string_value(json);
    break;
  case JSON_INTEGER:
    value.kind = VALUE_NUMBER;
    value.number = json_integer_value(json);
    break;
  case JSON_TRUE:
  case JSON_FALSE:
    value.kind = VALUE_BOOL;
    value.flag = json_is_true(json);
    break;
  default: value.kind = VALUE_OTHER; value.what = names[json_typeof(json)];
  }
  return value;
}

/* @path of @size bytes: "outer.key", where the key may be anything. */
static void join_path(char *path, size_t size, const char *outer, const char *key) {
  char quoted[128];
  config_quote(key, quoted, sizeof(quoted));
  bool plain = strlen(quoted) == strlen(key) + 2;
  int len = snprintf(path, size, "%s%s%s", outer, outer[0] ? "." : "", plain ? key : quoted);
  if (len < 0 || (size_t)len >= size) path[size - 1] = '\0'; /* cut: it only names the place in an error */
}

static void set_from_json(struct config_loader *l, const struct config_field *field, struct config_where where,
                          const json_t *json) {
  if (field->type != CONFIG_ORIGINS || !json_is_array(json)) {
    struct config_value value = value_of(json);
    config_set(l, field, where, &value);
    return;
  }
  config_clear_origins(l->config);
  size_t i;
  json_t *item;
  json_array_foreach((json_t *)json, i, item) {
    char path[PATH_MAX_CHARS];
    snprintf(path, sizeof(path), "%s[%zu]", where.path, i);
    struct config_value value = value_of(item);
    config_set(l, field, (struct config_where){where.source, path}, &value);
  }
}

static const struct config_field *find_field(const struct config_group *group, const char *name) {
  for (size_t i = 0; i < group->count; i++)
    if (strcmp(group->fields[i].name, name) == 0) return &group->fields[i];
  return NULL;
}

static void unknown_field(struct config_loader *l, const struct config_group *group, struct config_where where,
                          const char *key) {
  const char *nearest = config_nearest_field(key, group);
  if (nearest) {
    config_problem(l, ERR_INVALID, where, NULL, "unknown field; did you mean \"%s\"? Correct or remove it", nearest);
    return;
  }
  char known[768] = "";
  size_t len = 0;
  for (size_t i = 0; i < group->count && len < sizeof(known); i++)
    len += (size_t)snprintf(known + len, sizeof(known) - len, "%s%s", i ? ", " : "", group->fields[i].name);
  config_problem(l, ERR_INVALID, where, NULL, "unknown field; accepted: %s%s. Remove it", known,
                 group->name ? "" : ", db_config, limits");
}

/* Every key of one of the inner objects. */
static void read_group(struct config_loader *l, const struct config_group *group, struct config_where where,
                       json_t *object) {
  if (!json_is_object(object)) {
    config_problem(l, ERR_INVALID, where, NULL, "accepted: an object {...} of settings");
    return;
  }
  const char *key;
  json_t *json;
  json_object_foreach(object, key, json) {
    char path[PATH_MAX_CHARS];
    join_path(path, sizeof(path), where.path, key);
    struct config_where inner = {where.source, path};
    const struct config_field *field = find_field(group, key);
    if (field) {
      set_from_json(l, field, inner, json);
    } else {
      unknown_field(l, group, inner, key);
    }
  }
}

static const struct config_group *find_group(const char *name) {
  for (size_t i = 1; i < CONFIG_GROUP_COUNT; i++)
    if (strcmp(config_groups[i].name, name) == 0) return &config_groups[i];
  return NULL;
}

static void read_section(struct config_loader *l, struct config_where where, json_t *section) {
  const char *key;
  json_t *json;
  json_object_foreach(section, key, json) {
    char path[PATH_MAX_CHARS];
    join_path(path, sizeof(path), where.path, key);
    struct config_where inner = {where.source, path};
    const struct config_group *group = find_group(key);
    const struct config_field *field = find_field(&config_groups[CONFIG_GROUP_SECTION], key);
    if (group) {
      if (group == &config_groups[CONFIG_GROUP_DB]) l->db_given = true;
      read_group(l, group, inner, json);
    } else if (field) {
      set_from_json(l, field, inner, json);
    } else {
      unknown_field(l, &config_groups[CONFIG_GROUP_SECTION], inner, key);
    }
  }
}

/* Sections hold objects; returns whether all do. */
static bool check_sections(struct config_loader *l, const char *source, json_t *root) {
  bool good = true;
  const char *key;
  json_t *json;
  json_object_foreach(root, key, json) {
    if (json_is_object(json) && !find_group(key)) continue;
    char path[PATH_MAX_CHARS];
    join_path(path, sizeof(path), "", key);
    config_problem(l, ERR_INVALID, (struct config_where){source, path}, NULL,
                   "settings stand inside a section for each environment; write {\"PRODUCTION\": {\"%s\": ...}}", path);
    good = false;
  }
  return good;
}

static void choose_section(struct config_loader *l, const char *source, json_t *root, const char *section) {
  const char *wanted = section ? section : "PRODUCTION";
  json_t *found = json_object_get(root, wanted);
  if (found) {
    read_section(l, (struct config_where){source, wanted}, found);
    return;
  }
  if (!section && json_object_size(root) == 0) return;
  char known[256] = "", quoted[128];
  size_t len = 0;
  const char *key;
  json_t *json;
  json_object_foreach(root, key, json) {
    if (len < sizeof(known)) len += (size_t)snprintf(known + len, sizeof(known) - len, "%s%s", len ? ", " : "", key);
  }
  config_quote(wanted, quoted, sizeof(quoted));
  config_problem(l, ERR_INVALID, (struct config_where){source, NULL}, NULL,
                 "no section %s%s; accepted: a section of the file (%s). Set YOKE_ENV to one of them, or add it",
                 quoted, section ? ", which YOKE_ENV asks for" : "", known[0] ? known : "it has none");
}

static void read_json(struct config_loader *l, const char *source, const struct buf *text, const char *section) {
  json_error_t error;
  json_t *root = json_loadb((const char *)text->data, text->len, JSON_REJECT_DUPLICATES, &error);
  if (!root) {
    char *near = strstr(error.text, " near "); /* what follows is a piece of the file, perhaps a password */
    if (near) *near = '\0';
    char place[64];
    snprintf(place, sizeof(place), "line %d, column %d", error.line, error.column);
    config_problem(l, ERR_INVALID, (struct config_where){source, place}, NULL,
                   "%s; accepted: JSON. Correct the file there or just before", error.text);
  } else if (!json_is_object(root)) {
    config_problem(l, ERR_INVALID, (struct config_where){source, NULL}, NULL,
                   "accepted: an object with a section for each environment; see config.example.json");
  } else if (check_sections(l, source, root)) {
    choose_section(l, source, root, section);
  }
  json_decref(root);
}

static int read_whole(FILE *file, struct buf *out) {
  for (;;) {
    int err = buf_reserve(out, 4096);
    if (err) return err;
    size_t got = fread(out->data + out->len, 1, 4096, file);
    out->len += got;
    if (out->len > FILE_MAX_BYTES) return ERR_TOO_LARGE;
    if (got == 0) return ferror(file) ? ERR_IO : 0;
  }
}

void config_read_file(struct config_loader *l, const char *path, bool must_exist, const char *section) {
  struct config_where where = {path, NULL};
  struct buf text = BUF_INIT;
  FILE *file = fopen(path, "re");
  if (!file) {
    if (errno != ENOENT) {
      config_problem(l, ERR_IO, where, NULL, "cannot be read: %s. Check its permissions", strerror(errno));
    } else if (must_exist) {
      config_problem(l, ERR_NOT_FOUND, where, NULL, "no such file. Correct the path that --config names");
    }
    return;
  }
  int err = read_whole(file, &text);
  if (err == ERR_NOMEM) {
    config_no_memory(l);
  } else if (err == ERR_TOO_LARGE) {
    config_problem(l, ERR_INVALID, where, NULL, "accepted: a file of at most 1 MB");
  } else if (err) {
    config_problem(l, ERR_IO, where, NULL, "cannot be read: %s. Name a regular file", strerror(errno));
  } else {
    l->config->file = strdup(path);
    if (!l->config->file) config_no_memory(l);
    read_json(l, path, &text, section);
  }
  fclose(file);
  buf_deinit(&text);
}
