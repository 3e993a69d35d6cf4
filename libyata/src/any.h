/* SPDX-License-Identifier: MIT */
/* Plain values: as lib0's `any`, and as JSON. */
#ifndef YATA_ANY_H
#define YATA_ANY_H

#include "wire.h"

/** Append a value as lib0 writes `any`. YATA_ERR_LIMIT, YATA_ERR_INVALID, YATA_ERR_NOMEM. */
YATA_CHECKED int yata_any_write(yata_buf *out, const yata_any *any, uint32_t nesting);

/** In which form lib0 writes a number: 125, an integer; 124 and 123, a float of 32 bits or 64. */
uint8_t yata_number_tag(double value);

/** Read the rest of a verified number, behind its tag: 123 to 125. */
YATA_CHECKED int yata_any_read_number(struct yata_rd *rd, uint8_t tag, yata_any *out);

/** Append a value as JSON.stringify does. YATA_ERR_LIMIT, YATA_ERR_INVALID (undefined, a bigint), YATA_ERR_NOMEM. */
YATA_CHECKED int yata_any_stringify(yata_buf *out, const yata_any *any, uint32_t nesting);

/** Append a string, or a number, as JSON. */
YATA_CHECKED int yata_json_put_string(yata_buf *out, yata_slice s);
YATA_CHECKED int yata_json_put_number(yata_buf *out, double value);
/** Read one verified lib0 `any` and append it as JSON. */
YATA_CHECKED int yata_any_to_json(struct yata_rd *rd, yata_buf *out);
/** Read one verified JSON value and append it as lib0's `any`. */
YATA_CHECKED int yata_json_to_any(struct yata_rd *rd, yata_buf *out);

#endif
