/* SPDX-License-Identifier: MIT */
#ifndef YOKE_WIRE_API_REQUEST_H
#define YOKE_WIRE_API_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "wire/api_error.h"

/* The JSON bodies that clients send. Unknown fields are ignored, as FastAPI does. */

/** POST /rooms and PATCH /rooms/{id}: NULL where a field was not given. */
struct api_room {
  char *name, *language; /* NUL-terminated */
  char *code;            /* code_len bytes and a NUL */
  size_t code_len;
};

/**
 * Parse a room. @max_name_chars in UTF-16 units. With @is_change at least one
 * of name and language must be there, and code must not.
 * Returns 0, ERR_MALFORMED with at least one entry in @errors, ERR_NOMEM.
 */
MUST_USE int api_room_parse(const uint8_t *body, size_t len, size_t max_name_chars, bool is_change,
                            struct api_room *out, struct api_errors *errors);
void api_room_deinit(struct api_room *room);

/** POST /autocomplete. */
struct api_autocomplete {
  char *code; /* code_len bytes and a NUL */
  size_t code_len;
  size_t cursor_utf16;
  char *language; /* NULL: not given */
};

MUST_USE int api_autocomplete_parse(const uint8_t *body, size_t len, struct api_autocomplete *out,
                                    struct api_errors *errors);
void api_autocomplete_deinit(struct api_autocomplete *request);

#endif
