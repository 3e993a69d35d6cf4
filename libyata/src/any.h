/* SPDX-License-Identifier: MIT */
/* Plain values: as lib0's `any`, and as JSON. */
#ifndef YATA_ANY_H
#define YATA_ANY_H

#include "wire.h"

/** Append a value as lib0 writes `any`. YATA_ERR_LIMIT, YATA_ERR_INVALID, YATA_ERR_NOMEM. */
YATA_CHECKED int yata_any_write(yata_buf *out, const yata_any *any, uint32_t nesting);

/** The same, of a value that may hold JSON text. */
YATA_CHECKED int yata_any_write_with_json(yata_buf *out, const yata_any *any, uint32_t nesting);

/** In which form lib0 writes a number: 125, an integer; 124 and 123, a float of 32 bits or 64. */
uint8_t yata_number_tag(double value);

/** Read the rest of a verified number, behind its tag: 123 to 125. */
YATA_CHECKED int yata_any_read_number(struct yata_rd *rd, uint8_t tag, yata_any *out);

/** Append a value as JSON.stringify does; what that refuses, too: a bigint as its digits, undefined as null.
 *  YATA_ERR_LIMIT, YATA_ERR_INVALID (no UTF-8, no JSON), YATA_ERR_NOMEM. */
YATA_CHECKED int yata_any_stringify(yata_buf *out, const yata_any *any, uint32_t nesting);

/** Append a string, a number, or a bigint, as JSON. */
YATA_CHECKED int yata_json_put_string(yata_buf *out, yata_slice s);
YATA_CHECKED int yata_json_put_number(yata_buf *out, double value);
YATA_CHECKED int yata_json_put_bigint(yata_buf *out, int64_t value);
/** The character of an escape in a verified string of JSON, of two that are a pair; *p is behind the backslash, and
 * then behind all of it. */
uint32_t yata_json_unescape(const uint8_t **p, const uint8_t *end);
/** Is a caller's JSON text one, and UTF-8? YATA_ERR_LIMIT, YATA_ERR_INVALID. */
YATA_CHECKED int yata_json_verify(const yata_any *json, uint32_t nesting);
/** Read one verified lib0 `any` and append it as JSON.stringify does; what that refuses, too: a bigint as the nearest
 *  double, undefined as null. */
YATA_CHECKED int yata_any_to_json(struct yata_rd *rd, yata_buf *out);
/** Read one verified JSON value and append it as lib0's `any`. */
YATA_CHECKED int yata_json_to_any(struct yata_rd *rd, yata_buf *out);

#endif
