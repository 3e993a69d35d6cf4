/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_WEB_FILE_H
#define YOKE_NET_WEB_FILE_H

#include <stdbool.h>

#include "base/buf.h"
#include "net/assets.h"

/** The asset with this path, or NULL. The table is sorted by path. */
const struct asset *web_asset_find(const struct asset *assets, size_t count, const char *path);

/** Content-Type by the end of the name. */
const char *web_type_of(const char *path);

/** Whether the name holds a digest of its content (/assets/index-3f2a9c10.js), so that it never changes. */
bool web_is_hashed(const char *path);

/**
 * Read @path (starting with '/', safe) below @dir; no symbolic link leads out.
 * ERR_NOT_FOUND (also for a folder), ERR_TOO_LARGE past 64 MB, ERR_IO, ERR_NOMEM.
 */
MUST_USE int web_file_read(const char *dir, const char *path, struct buf *out);

#endif
