/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_OPENAPI_H
#define YOKE_NET_OPENAPI_H

#include <stddef.h>

/* backend/openapi.json, linked in. */
extern const unsigned char openapi_json[];
extern const size_t openapi_json_len;

#endif
