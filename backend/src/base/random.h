/* SPDX-License-Identifier: MIT */
#ifndef YOKE_BASE_RANDOM_H
#define YOKE_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/** Fill with bytes from the operating system's generator; ERR_IO. */
MUST_USE int random_bytes(void *out, size_t len);

#define RANDOM_ID_CHARS 20 /* 120 bits in base64url */

/** A random id in [A-Za-z0-9_-], RANDOM_ID_CHARS characters and a NUL; it starts with a letter or digit. */
MUST_USE int random_id(char out[static RANDOM_ID_CHARS + 1]);

#endif
