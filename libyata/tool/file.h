/* SPDX-License-Identifier: MIT */
/* Files of the tool: whole, "-" being standard input. */
#ifndef YATA_TOOL_FILE_H
#define YATA_TOOL_FILE_H

#include <yata.h>

/** Read a whole file; complains on stderr. 0 or -1. */
int file_read(const char *path, yata_buf *out);
/** Write a whole file; "-" is standard output. 0 or -1. */
int file_write(const char *path, const uint8_t *data, size_t len);
/** Read an update, and verify it. 0 or -1. */
int file_read_update(const char *path, yata_buf *out);
/** Read an update into a new document. 0 or -1. */
int file_load(const char *path, yata_doc **out);

#endif
