/* SPDX-License-Identifier: MIT */
/* Arrays of megabytes, each in a mapping of its own that begins at a large page (2 MB) and consists of whole ones: an
 * edit anywhere in a document of millions of items touches a dozen places, and with pages of 4 KB each costs a walk
 * through the page tables, too. */
#ifndef YATA_PAGES_H
#define YATA_PAGES_H

#include <stddef.h>
#include <stdint.h>

/** Arrays of so many bytes and more live in pages. */
#ifdef __linux__
#define YATA_PAGES_MIN ((size_t)8 << 20)
#else
#define YATA_PAGES_MIN SIZE_MAX
#endif

/** As yata_allocator.resize for sizes that are 0 or such; NULL: out of memory, and what was there still is. */
void *yata_pages_resize(void *ptr, size_t old_size, size_t new_size);

#endif
