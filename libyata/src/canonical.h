/* SPDX-License-Identifier: MIT */
/* Values in the bytes in which Yjs writes them. */
#ifndef YATA_CANONICAL_H
#define YATA_CANONICAL_H

#include "store.h"

#define YATA_NO_INDEX UINT32_MAX

/** The index of an array that a key is, to JavaScript: such members of objects come first, in that order. */
uint32_t yata_key_index(yata_slice key);

/**
 * Would Yjs, which reads a value into one of JavaScript's and writes that, write these bytes? Other implementations
 * write large whole numbers as varInts, 2 as 2.0 in JSON, and members in another order.
 *
 * @kind   of content.
 * @value  verified: one `any`; or as it stands on the wire what the kind holds one of.
 *
 * True also for what is kept as it came: JSON with halves of surrogate pairs, keys that stand there twice, the options
 * of sub-documents, and in the values of old clients numbers that JSON.stringify cannot write (-0, 1e400).
 */
bool yata_is_canonical(uint8_t kind, yata_slice value);

/** Append such a value as Yjs writes it. YATA_ERR_NOMEM. */
YATA_CHECKED int yata_canonical_write(const struct yata_doc *doc, uint8_t kind, yata_slice value, yata_buf *out);

#endif
