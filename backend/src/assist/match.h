/* SPDX-License-Identifier: MIT */
#ifndef YOKE_ASSIST_MATCH_H
#define YOKE_ASSIST_MATCH_H

/* How well a name answers what was typed. */
#include <stddef.h>

#define MATCH_HUMP_MAX_BYTES 64 /* humps are looked for in this much of a name */

enum match {
  MATCH_NONE,
  MATCH_INNER,       /* the humps of a later part: usn for getUserName */
  MATCH_HUMP_NOCASE, /* gun for getUserName */
  MATCH_PREFIX_NOCASE,
  MATCH_HUMP, /* gUN for getUserName, mf for my_func */
  MATCH_PREFIX,
  MATCH_WHOLE,
};

/** Match @query, which may be empty (a prefix of everything), with a name. */
enum match match_name(const char *query, size_t query_len, const char *name, size_t name_len);

#endif
