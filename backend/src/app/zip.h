/* SPDX-License-Identifier: MIT */
#ifndef YOKE_APP_ZIP_H
#define YOKE_APP_ZIP_H

#include "base/buf.h"

/* Zip archives, by libzip. Every failure appends a line to @error. */

struct zip_out;

/** A new archive at @path, which takes its place when it is closed: whole, or not at all. */
MUST_USE int zip_out_create(const char *path, struct zip_out **out, struct buf *error);
/** The bytes are copied. Names use '/', and are UTF-8. */
MUST_USE int zip_out_add(struct zip_out *z, const char *name, const void *data, size_t len, struct buf *error);
/** The file must stay until zip_out_finish(). */
MUST_USE int zip_out_add_file(struct zip_out *z, const char *name, const char *path, struct buf *error);
/** Write it all. The archive is gone afterwards in any case. */
MUST_USE int zip_out_finish(struct zip_out *z, struct buf *error);
void zip_out_discard(struct zip_out *z); /* NULL accepted */

/** Write the member @name of the archive to a new file @to of at most @max bytes. ERR_NOT_FOUND, ERR_CORRUPT (its
 * checksum does not match), ERR_TOO_LARGE, ERR_IO. */
MUST_USE int zip_extract(const char *path, const char *name, const char *to, uint64_t max, struct buf *error);

#endif
