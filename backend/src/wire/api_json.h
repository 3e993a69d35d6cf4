/* SPDX-License-Identifier: MIT */
#ifndef YOKE_WIRE_API_JSON_H
#define YOKE_WIRE_API_JSON_H

#include "base/buf.h"

/** Append @text as a JSON string, quotes included; bytes that are not UTF-8 become U+FFFD. ERR_NOMEM. */
MUST_USE int api_json_string(const char *text, struct buf *out);
/** The same for @len bytes, which may hold NUL. */
MUST_USE int api_json_bytes(const uint8_t *text, size_t len, struct buf *out);

#endif
