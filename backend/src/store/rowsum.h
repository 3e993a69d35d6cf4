/* SPDX-License-Identifier: MIT */
#ifndef YOKE_STORE_ROWSUM_H
#define YOKE_STORE_ROWSUM_H

#include "port/store.h"

/**
 * The checksum that is kept beside a row of a log or a snapshot (at 0, author
 * ""): CRC-32 (as of zlib) over the room's id and a NUL, the author and a NUL,
 * `at` as eight bytes, the least significant first, and the update.
 */
uint32_t rowsum(const char *room_id, const struct store_row *row);

/** The same of an update in memory. */
uint32_t rowsum_of(const char *room_id, const char *author, uint64_t at, const struct blob *payload);

#endif
