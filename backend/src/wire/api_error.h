/* SPDX-License-Identifier: MIT */
#ifndef YOKE_WIRE_API_ERROR_H
#define YOKE_WIRE_API_ERROR_H

#include <stddef.h>

#include "base/buf.h"

/* The errors of the HTTP API: `{"detail": "…"}`, or for a 422 a list of `{"loc": […], "msg": …, "type": …}`. */

#define API_ERRORS_MAX 8

struct api_error {
  const char *where; /* static: "header", "body", "query", "path" */
  char field[64];    /* "" : the place itself */
  char msg[200];
  const char *type; /* static: "missing", "string_type", "value_error" ... */
  size_t offset;    /* json_invalid only: where in the body */
};

struct api_errors {
  struct api_error items[API_ERRORS_MAX];
  size_t count; /* more than API_ERRORS_MAX are not kept */
};

void api_errors_add(struct api_errors *errors, const char *where, const char *field, const char *type,
                    const char *format, ...) __attribute__((format(printf, 5, 6)));

/** Append the JSON of a detail that is a sentence (made valid UTF-8 if it is not). ERR_NOMEM. */
MUST_USE int api_detail_text(const char *text, struct buf *out);
/** Append the JSON of a detail that is a list. ERR_NOMEM. */
MUST_USE int api_detail_list(const struct api_errors *errors, struct buf *out);

#endif
