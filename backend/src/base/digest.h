/* SPDX-License-Identifier: MIT */
#ifndef YOKE_BASE_DIGEST_H
#define YOKE_BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* SHA-1 (for the WebSocket handshake, RFC 6455) and SHA-256 (for ETags), by OpenSSL; ERR_NOMEM. */
MUST_USE int digest_sha1(const void *data, size_t len, uint8_t out[static 20]);
MUST_USE int digest_sha256(const void *data, size_t len, uint8_t out[static 32]);
/** Append standard base64 with padding. */
MUST_USE int digest_base64(struct buf *out, const void *data, size_t len);

/** A SHA-256 of what comes in pieces. */
struct digest;

MUST_USE int digest_create(struct digest **out); /* ERR_NOMEM */
void digest_destroy(struct digest *d);           /* NULL accepted */
void digest_add(struct digest *d, const void *data, size_t len);
/** The digest of all that was added; nothing may be added afterwards. ERR_NOMEM. */
MUST_USE int digest_finish(struct digest *d, uint8_t out[static 32]);

#endif
