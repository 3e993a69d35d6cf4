/* SPDX-License-Identifier: MIT */
#include "wire/api_request.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#define LANGUAGE_MAX_BYTES 40

/* An object, or NULL with entries in @errors. */
static json_t *parse_object(const uint8_t *body, size_t len, struct api_errors *errors) {
  json_error_t problem;
  json_t *root =
      json_loadb((const char *)body, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &problem);
  if (!root) {
    api_errors_add(errors, "body", "", "json_invalid", "JSON decode error: %s", problem.text);
    if (errors->count && problem.position > 0) errors->items[errors->count - 1].offset = (size_t)problem.position;
    return NULL;
  }
  if (json_is_object(root)) return root;
  api_errors_add(errors, "body", "", "model_attributes_type", "Input should be a JSON object");
  json_decref(root);
  return NULL;
}

/* Copy a string field; absent and null leave *out NULL. */
static int take_string(json_t *object, const char *field, char **out, size_t *len, struct api_errors *errors) {
  json_t *value = json_object_get(object, field);
  if (!value || json_is_null(value)) return 0;
  if (!json_is_string(value)) {
    api_errors_add(errors, "body", field, "string_type", "Input should be a valid string");
    return 0;
  }
  *len = json_string_length(value);
  *out = malloc(*len + 1);
  if (!*out) return ERR_NOMEM;
  memcpy(*out, json_string_value(value), *len + 1);
  return 0;
}

static void require(json_t *object, const char *field, struct api_errors *errors) {
  if (!json_object_get(object, field)) api_errors_add(errors, "body", field, "missing", "Field required");
}

static bool has_control(const char *text, size_t len) {
  for (size_t i = 0; i < len; i++) {
    if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f) return true;
  }
  return false;
}

static void check_name(const char *name, size_t len, size_t max_chars, struct api_errors *errors) {
  if (!name) return;
  if (utf8_utf16_len((const uint8_t *)name, len) > max_chars)
    api_errors_add(errors, "body", "name", "string_too_long", "String should have at most %zu characters", max_chars);
  if (has_control(name, len))
    api_errors_add(errors, "body", "name", "value_error", "String should have no control characters");
}

static void check_language(const char *language, size_t len, struct api_errors *errors) {
  if (!language) return;
  if (len > LANGUAGE_MAX_BYTES)
    api_errors_add(errors, "body", "language", "string_too_long", "String should have at most %d characters",
                   LANGUAGE_MAX_BYTES);
  for (size_t i = 0; i < len; i++) {
    unsigned char c = (unsigned char)language[i];
    bool fine = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c && strchr("+#._-", c));
    if (fine) continue;
    api_errors_add(errors, "body", "language", "value_error", "A language is letters, digits and + # . _ -");
    return;
  }
}

static int read_room(json_t *root, size_t max_name_chars, bool is_change, struct api_room *out,
                     struct api_errors *errors) {
  size_t name_len = 0;
  size_t language_len = 0;
  int err = take_string(root, "name", &out->name, &name_len, errors);
  if (!err) err = take_string(root, "language", &out->language, &language_len, errors);
  if (!err && !is_change) err = take_string(root, "code", &out->code, &out->code_len, errors);
  if (err) return err;
  check_name(out->name, name_len, max_name_chars, errors);
  check_language(out->language, language_len, errors);
  if (!is_change || errors->count) return 0;
  if (!out->name && !out->language)
    api_errors_add(errors, "body", "name", "missing", "Field required: name, language, or both");
  if (out->name && out->name[strspn(out->name, " ")] == '\0')
    api_errors_add(errors, "body", "name", "string_too_short", "String should have at least 1 character");
  return 0;
}

int api_room_parse(const uint8_t *body, size_t len, size_t max_name_chars, bool is_change, struct api_room *out,
                   struct api_errors *errors) {
  *out = (struct api_room){0};
  json_t *root = parse_object(body, len, errors);
  if (!root) return ERR_MALFORMED;
  int err = read_room(root, max_name_chars, is_change, out, errors);
  json_decref(root);
  if (!err && errors->count) err = ERR_MALFORMED;
  if (err) api_room_deinit(out);
  return err;
}

void api_room_deinit(struct api_room *room) {
  free(room->name);
  free(room->language);
  free(room->code);
  *room = (struct api_room){0};
}

static void read_cursor(json_t *root, struct api_autocomplete *out, struct api_errors *errors) {
  static const char field[] = "cursorPosition";
  json_t *value = json_object_get(root, field);
  if (!value) return;
  if (json_is_integer(value)) {
    json_int_t position = json_integer_value(value);
    if (position < 0) {
      api_errors_add(errors, "body", field, "greater_than_equal", "Input should be greater than or equal to 0");
    } else {
      out->cursor_utf16 = (size_t)position;
    }
  } else if (json_is_real(value)) {
    double position = json_real_value(value);
    if (position >= 0 && position < 9e15 && position == (double)(uint64_t)position) {
      out->cursor_utf16 = (size_t)position;
    } else if (position < 0) {
      api_errors_add(errors, "body", field, "greater_than_equal", "Input should be greater than or equal to 0");
    } else {
      api_errors_add(errors, "body", field, "int_from_float", "Input should be a whole number");
    }
  } else {
    api_errors_add(errors, "body", field, "int_type", "Input should be a valid integer");
  }
}

int api_autocomplete_parse(const uint8_t *body, size_t len, struct api_autocomplete *out, struct api_errors *errors) {
  *out = (struct api_autocomplete){0};
  json_t *root = parse_object(body, len, errors);
  if (!root) return ERR_MALFORMED;
  size_t language_len = 0;
  require(root, "code", errors);
  require(root, "cursorPosition", errors);
  int err = take_string(root, "code", &out->code, &out->code_len, errors);
  if (!err && json_is_null(json_object_get(root, "code")))
    api_errors_add(errors, "body", "code", "string_type", "Input should be a valid string");
  if (!err) err = take_string(root, "language", &out->language, &language_len, errors);
  read_cursor(root, out, errors);
  json_decref(root);
  if (!err && errors->count) err = ERR_MALFORMED;
  if (err) api_autocomplete_deinit(out);
  return err;
}

void api_autocomplete_deinit(struct api_autocomplete *request) {
  free(request->code);
  free(request->language);
  *request = (struct api_autocomplete){0};
}
