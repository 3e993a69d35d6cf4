/* SPDX-License-Identifier: MIT */
/* What JavaScript's String() makes of a value. */
#ifndef YATA_JS_STRING_H
#define YATA_JS_STRING_H

#include "edit.h"

/** Append a value; recursion is bounded by the nesting of values. */
YATA_CHECKED int yata_js_put(const yata_any *any, yata_buf *out);
/** Append a verified JSON value without space before it; *p is behind it then. */
YATA_CHECKED int yata_js_put_json(const uint8_t **p, const uint8_t *end, yata_buf *out);
/** Append the characters of a verified JSON string; *p is behind it then. */
YATA_CHECKED int yata_js_unquote(const uint8_t **p, yata_buf *out);

static inline bool yata_js_is_space(uint8_t c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

#endif
