/* SPDX-License-Identifier: MIT */
/* What an edit costs in a document that grows. */
#ifndef YATA_TOOL_BENCH_GROW_H
#define YATA_TOOL_BENCH_GROW_H

/** The names of the patterns, for those who read how to use it. */
#define BENCH_PATTERNS "front, middle, random, turns, clients, delete, scatter or abort"

/**
 * `yata bench grow PATTERN COUNT`: edit a document in one of the patterns that some implementations
 * take the longer for the longer the document is; a line of JSON for each power of ten. The exit
 * status; 2 for a pattern that there is not.
 */
int bench_grow(const char *pattern, const char *count);

#endif
