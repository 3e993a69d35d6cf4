/* SPDX-License-Identifier: MIT */
/* Local editing: what is measured apart from the clock that `bench` holds. */
#ifndef YATA_TOOL_BENCH_LOCAL_H
#define YATA_TOOL_BENCH_LOCAL_H

#include <yata.h>

/**
 * Make the edits of a script, each in a transaction of its own that emits its update.
 *
 * @script      position, deleted units and inserted bytes, each 32 bits, little-endian, and then
 *              those bytes, UTF-8; one edit after the other. Positions are UTF-16. An edit that
 *              deletes and inserts is two transactions.
 * @operations  their number.
 *
 * Returns 0 or a negative number.
 */
int local_run(const yata_buf *script, yata_doc *doc, yata_type text, size_t *operations);

/* One edit in a transaction of its own; `out` then holds its update. */
int local_insert(yata_doc *doc, yata_type text, uint32_t at, const void *s, size_t len, yata_buf *out);
int local_erase(yata_doc *doc, yata_type text, uint32_t at, uint32_t count, yata_buf *out);

#endif
