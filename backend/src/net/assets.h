/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_ASSETS_H
#define YOKE_NET_ASSETS_H

#include <stddef.h>

/**
 * One file of the web editor, linked into the server. tools/embed writes the
 * table at build time from the folder named by meson's option `web`; the
 * executable gets it from `assets_dep`. A test may define a table of its own.
 */
struct asset {
  const char *path;          /* "/assets/index-3f2a.js"; index.html stands as "/index.html" */
  const char *type;          /* value of Content-Type, charset included for text */
  const char *etag;          /* value of ETag with its quotes: a digest of the raw bytes */
  const unsigned char *data; /* the raw bytes, static */
  size_t len;
  const unsigned char *gzip; /* the same bytes as one gzip member; NULL where gzip_len is 0 */
  size_t gzip_len;           /* 0: compressing is not worth it */
};

extern const struct asset assets_table[]; /* sorted by path (strcmp), no path twice */
extern const size_t assets_count;         /* 0: no web editor in this build */

#endif
