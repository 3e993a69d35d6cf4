/* SPDX-License-Identifier: MIT */
#ifndef YOKE_STORE_REWRITE_H
#define YOKE_STORE_REWRITE_H

#include "base/err.h"

/**
 * Write a file's bytes anew, each where it is, and fsync it. After an fsync
 * that failed, the system takes what it did not write for written: the next
 * fsync succeeds and means nothing, unless the bytes were written again.
 *
 * Nobody may write to the file meanwhile. 0 also when it is not there; ERR_IO
 * (errno says why).
 */
MUST_USE int rewrite_file(const char *path);

#endif
