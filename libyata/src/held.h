/* SPDX-License-Identifier: MIT */
/* What embeds and formats hold: JSON text, as version 1 has it; or, where JSON lacks something of the value (bytes, -0,
 * NaN, infinity, a bigint, undefined, however deep), a zero byte, with which no JSON begins, and lib0's `any`, as
 * version 2 has it. Updates that go from one part of the library to another in version 1 carry it so (yata_rd.held); no
 * other does, and none that comes from outside may. */
#ifndef YATA_HELD_H
#define YATA_HELD_H

#include "any.h"

static inline bool yata_held_is_any(yata_slice held) {
  return held.len > 0 && held.data[0] == 0;
}

static inline yata_slice yata_held_any(yata_slice held) {
  return (yata_slice){held.data + 1, held.len - 1};
}

/** Of the content of an embed or a format, as it stands in version 1: what stands before what it holds, its length
 *  included, and that. */
void yata_held_split(uint8_t kind, yata_slice content, yata_slice *before, yata_slice *held);

/** Append what a verified `any` is held as. */
YATA_CHECKED int yata_held_of_any(yata_slice any, yata_buf *out);
/** The same of a caller's value. YATA_ERR_LIMIT, YATA_ERR_INVALID, YATA_ERR_NOMEM. */
YATA_CHECKED int yata_held_write(yata_buf *out, const yata_any *value, uint32_t nesting);

/** Append it as `any`. */
YATA_CHECKED int yata_held_put_any(yata_slice held, yata_buf *out);
/** Append the content of an embed or a format as Yjs writes it in version 1: as JSON.stringify has it. What that
 * refuses is there, too: a bigint as the nearest double, undefined as null. */
YATA_CHECKED int yata_held_put_v1(uint8_t kind, yata_slice content, yata_buf *out);
/** Bytes that yata_held_put_v1 asks for at most. */
size_t yata_held_bound(uint8_t kind, yata_slice content);

/** Read it into an empty value: JSON text, or what it is. */
YATA_CHECKED int yata_held_read(const struct yata_doc *doc, yata_slice held, yata_value *out);

/* Comparing, as JavaScript does. */

bool yata_held_is_object(yata_slice held);
bool yata_held_is_undefined(yata_slice held);
bool yata_held_is_nan(yata_slice held);
/** `===` of two values that are no objects. */
bool yata_held_same(yata_slice a, yata_slice b);
/** Do two objects have the same members, none of which is an object? */
bool yata_held_equal_flat(yata_slice a, yata_slice b);

#endif
