/* SPDX-License-Identifier: MIT */
#ifndef YOKE_STORE_LOCKFILE_H
#define YOKE_STORE_LOCKFILE_H

#include "base/buf.h"

/**
 * Take @path (created with mode 0600) for this process and write its process
 * id and host into it. The lock ends with lockfile_release() or the process.
 *
 * Returns 0; ERR_BUSY when another process has it, @error then names it; ERR_IO.
 */
MUST_USE int lockfile_take(const char *path, int *out_fd, struct buf *error);
void lockfile_release(int fd); /* -1 accepted */

#endif
