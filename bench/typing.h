/* SPDX-License-Identifier: MIT */
#ifndef YOKE_BENCH_TYPING_H
#define YOKE_BENCH_TYPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define TYPING_ROOT "bench" /* the Y.Text that everyone types into */

/**
 * Append the y-protocol message that an editor sends for one key stroke: a sync
 * update (v1) with one character of @client at @clock, to the right of the one
 * that it typed before. ERR_NOMEM.
 */
MUST_USE int typing_append(struct buf *out, uint64_t client, uint64_t clock);

/** Whose key stroke is it? False for any other message. */
bool typing_read(const uint8_t *message, size_t len, uint64_t *client, uint64_t *clock);

#endif
