/* SPDX-License-Identifier: MIT */
#include "wire/api_error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "wire/api_json.h"

/* Cut to what is valid UTF-8: a fixed-size field may have been cut inside a character. */
static void trim_utf8(char *text) {
  size_t len = strlen(text);
  while (len && !utf8_valid((const uint8_t *)text, len)) text[--len] = '\0';
}

void api_errors_add(struct api_errors *errors, const char *where, const char *field, const char *type,
                    const char *format, ...) {
  if (errors->count == API_ERRORS_MAX) return;
  struct api_error *e = &errors->items[errors->count++];
  *e = (struct api_error){.where = where, .type = type};
  snprintf(e->field, sizeof(e->field), "%s", field);
  va_list args;
  va_start(args, format);
  vsnprintf(e->msg, sizeof(e->msg), format, args);
  va_end(args);
  trim_utf8(e->field);
  trim_utf8(e->msg);
}

int api_detail_text(const char *text, struct buf *out) {
  int err = buf_append_str(out, "{\"detail\":");
  if (!err) err = api_json_string(text, out);
  return err ? err : buf_append_str(out, "}");
}

static int append_error(const struct api_error *e, struct buf *out) {
  int err = buf_printf(out, "{\"loc\":[\"%s\"", e->where);
  if (!err && e->field[0]) {
    err = buf_append_str(out, ",");
    if (!err) err = api_json_string(e->field, out);
  } else if (!err && strcmp(e->type, "json_invalid") == 0) {
    err = buf_printf(out, ",%zu", e->offset);
  }
  if (!err) err = buf_append_str(out, "],\"msg\":");
  if (!err) err = api_json_string(e->msg, out);
  return err ? err : buf_printf(out, ",\"type\":\"%s\"}", e->type);
}

int api_detail_list(const struct api_errors *errors, struct buf *out) {
  int err = buf_append_str(out, "{\"detail\":[");
  for (size_t i = 0; i < errors->count && !err; i++) {
    if (i) err = buf_append_str(out, ",");
    if (!err) err = append_error(&errors->items[i], out);
  }
  return err ? err : buf_append_str(out, "]}");
}
