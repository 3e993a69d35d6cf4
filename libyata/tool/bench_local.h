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

/**
 * `yata bench grow PATTERN COUNT`: edit a document in one of the patterns that some implementations
 * take the longer for the longer the document is; a line of JSON for each power of ten. The exit
 * status; 2 for a pattern that there is not.
 */
int bench_grow(const char *pattern, const char *count);

#endif
