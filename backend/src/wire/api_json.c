/* SPDX-License-Identifier: MIT */
#include "wire/api_json.h"

#include <string.h>

#include "base/utf8.h"

static int append_escape(uint8_t c, struct buf *out) {
  switch (c) {
  case '"': return buf_append_str(out, "\\\"");
  case '\\': return buf_append_str(out, "\\\\");
  case '\n': return buf_append_str(out, "\\n");
  case '\r': return buf_append_str(out, "\\r");
  case '\t': return buf_append_str(out, "\\t");
  default: return buf_printf(out, "\\u%04x", c);
  }
}

static bool needs_escape(uint8_t c) {
  return c < 0x20 || c == '"' || c == '\\' || c == 0x7f;
}

static int append_valid(const uint8_t *text, size_t len, struct buf *out) {
  int err = 0;
  size_t start = 0;
  for (size_t i = 0; i < len && !err; i++) {
    if (!needs_escape(text[i])) continue;
    err = buf_append(out, text + start, i - start);
    if (!err) err = append_escape(text[i], out);
    start = i + 1;
  }
  return err ? err : buf_append(out, text + start, len - start);
}

/* Length of the UTF-8 character at @text, 0 when it is none. */
static size_t character(const uint8_t *text, size_t len) {
  for (size_t n = 1; n <= 4 && n <= len; n++) {
    if (utf8_valid(text, n)) return n;
  }
  return 0;
}

int api_json_bytes(const uint8_t *text, size_t len, struct buf *out) {
  int err = buf_append_byte(out, '"');
  if (!err && utf8_valid(text, len)) {
    err = append_valid(text, len, out);
    len = 0;
  }
  for (size_t i = 0; i < len && !err;) {
    size_t n = character(text + i, len - i);
    err = n ? append_valid(text + i, n, out) : buf_append_str(out, "\xef\xbf\xbd");
    i += n ? n : 1;
  }
  return err ? err : buf_append_byte(out, '"');
}

int api_json_string(const char *text, struct buf *out) {
  return api_json_bytes((const uint8_t *)text, strlen(text), out);
}
