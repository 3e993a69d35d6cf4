/* SPDX-License-Identifier: MIT */
/* What JavaScript's String() makes of a value. */
#include "js_string.h"

#include <stdio.h>

static int put(yata_buf *out, const char *text) {
  return yata_buf_put(out, text, strlen(text));
}

static uint32_t hex4(const uint8_t *p) {
  uint32_t v = 0;
  for (int i = 0; i < 4; i++) v = v << 4 | (uint32_t)(p[i] <= '9' ? p[i] - '0' : (p[i] | 0x20) - 'a' + 10);
  return v;
}

/* An escape behind its backslash, half of a pair together with the other half. */
static int put_escape(const uint8_t **p, yata_buf *out) {
  static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
  uint8_t utf8[4], c = *(*p)++;
  const char *known = strchr(from, c);
  if (c != 'u') return yata_buf_put_u8(out, known != NULL ? (uint8_t)to[known - from] : c);
  uint32_t code = hex4(*p);
  *p += 4;
  if (code >= 0xd800 && code < 0xdc00 && (*p)[0] == '\\' && (*p)[1] == 'u') {
    uint32_t low = hex4(*p + 2);
    if (low >= 0xdc00 && low < 0xe000) {
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      *p += 6;
    }
  }
  return yata_buf_put(out, utf8, yata_utf8_put(utf8, code));
}

int yata_js_unquote(const uint8_t **p, yata_buf *out) {
  for (++*p; **p != '"';) {
    const uint8_t *at = *p;
    while (**p != '"' && **p != '\\') ++*p;
    YATA_TRY(yata_buf_put(out, at, (size_t)(*p - at)));
    if (**p != '\\') continue;
    ++*p;
    YATA_TRY(put_escape(p, out));
  }
  ++*p;
  return 0;
}

static void skip_space(const uint8_t **p) {
  while (yata_js_is_space(**p)) ++*p;
}

static bool in_word(uint8_t c) {
  return c != ',' && c != ']' && c != '}' && !yata_js_is_space(c);
}

/* Step over an object. */
static void skip_object(const uint8_t **p) {
  uint32_t depth = 0;
  do {
    if (**p == '"') {
      for (++*p; **p != '"'; ++*p)
        if (**p == '\\') ++*p;
    }
    if (**p == '{' || **p == '[') depth++;
    if (**p == '}' || **p == ']') depth--;
    ++*p;
  } while (depth > 0);
}

/* The elements with commas between them; null and undefined are empty. Nesting was bounded when it came. */
static int put_js_array(const uint8_t **p, const uint8_t *end, yata_buf *out) {
  ++*p;
  for (skip_space(p); **p != ']'; skip_space(p)) {
    if (**p == ',') {
      ++*p;
      YATA_TRY(put(out, ","));
    } else if (**p == 'n') {
      *p += 4;
    } else {
      YATA_TRY(yata_js_put_json(p, end, out));
    }
  }
  ++*p;
  return 0;
}

int yata_js_put_json(const uint8_t **p, const uint8_t *end, yata_buf *out) {
  const uint8_t *at = *p;
  if (*at == '"') return yata_js_unquote(p, out);
  if (*at == '[') return put_js_array(p, end, out);
  if (*at == '{') {
    skip_object(p);
    return put(out, "[object Object]");
  }
  while (*p < end && in_word(**p)) ++*p;
  return yata_buf_put(out, at, (size_t)(*p - at));
}

static int put_js_json(yata_slice json, yata_buf *out) {
  const uint8_t *p = json.data;
  while (yata_js_is_space(*p)) p++;
  return yata_js_put_json(&p, json.data + json.len, out);
}

static int put_binary(const yata_any *any, yata_buf *out) {
  for (size_t i = 0; i < any->u.bytes.len; i++) {
    if (i > 0) YATA_TRY(put(out, ","));
    YATA_TRY(yata_json_put_number(out, any->u.bytes.data[i]));
  }
  return 0;
}

static int put_number(const yata_any *any, yata_buf *out) {
  if (any->u.number != any->u.number) return put(out, "NaN");
  if (any->u.number - any->u.number == 0) return yata_json_put_number(out, any->u.number);
  return put(out, any->u.number > 0 ? "Infinity" : "-Infinity");
}

/* Recursion is bounded by the nesting of values. */
int yata_js_put(const yata_any *any, yata_buf *out) {
  char digits[24];
  switch (any->kind) {
  case YATA_ANY_UNDEFINED: return put(out, "undefined");
  case YATA_ANY_NULL: return put(out, "null");
  case YATA_ANY_BOOL: return put(out, any->u.boolean ? "true" : "false");
  case YATA_ANY_NUMBER: return put_number(any, out);
  case YATA_ANY_BIGINT: snprintf(digits, sizeof(digits), "%lld", (long long)any->u.bigint); return put(out, digits);
  case YATA_ANY_STRING: return yata_buf_put(out, any->u.bytes.data, any->u.bytes.len);
  case YATA_ANY_BINARY: return put_binary(any, out);
  case YATA_ANY_JSON: return put_js_json((yata_slice){any->u.bytes.data, any->u.bytes.len}, out);
  case YATA_ANY_OBJECT: return put(out, "[object Object]");
  case YATA_ANY_ARRAY: break;
  }
  for (size_t i = 0; i < any->u.array.len; i++) {
    const yata_any *v = &any->u.array.items[i];
    if (i > 0) YATA_TRY(put(out, ","));
    if (v->kind != YATA_ANY_UNDEFINED && v->kind != YATA_ANY_NULL) YATA_TRY(yata_js_put(v, out));
  }
  return 0;
}
