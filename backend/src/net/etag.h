/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_ETAG_H
#define YOKE_NET_ETAG_H

#include <stdbool.h>
#include <stddef.h>

/** Whether an If-None-Match header (a list, or `*`) holds the tag @etag (with its quotes); W/ is ignored. @list may be
 * NULL. */
bool etag_listed(const char *list, const char *etag);

/**
 * The single tag of an If-Match header without its quotes into @out, or "*".
 * False when it is anything else: several tags, weak, too long, not quoted.
 */
bool etag_single(const char *header, char *out, size_t size);

#endif
