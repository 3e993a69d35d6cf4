/* SPDX-License-Identifier: MIT */
#include "base/digest.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <stdlib.h>

int digest_sha1(const void *data, size_t len, uint8_t out[static 20]) {
  return EVP_Digest(data, len, out, NULL, EVP_sha1(), NULL) == 1 ? 0 : ERR_NOMEM;
}

int digest_sha256(const void *data, size_t len, uint8_t out[static 32]) {
  return EVP_Digest(data, len, out, NULL, EVP_sha256(), NULL) == 1 ? 0 : ERR_NOMEM;
}

int digest_base64(struct buf *out, const void *data, size_t len) {
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (len > SIZE_MAX / 4 * 3 - 3) return ERR_NOMEM;
  int err = buf_reserve(out, (len + 2) / 3 * 4);
  if (err) return err;
  const uint8_t *in = data;
  uint8_t *to = out->data + out->len;
  for (size_t i = 0; i < len; i += 3) {
    uint32_t triple = (uint32_t)in[i] << 16;
    if (i + 1 < len) triple |= (uint32_t)in[i + 1] << 8;
    if (i + 2 < len) triple |= in[i + 2];
    *to++ = (uint8_t)alphabet[triple >> 18];
    *to++ = (uint8_t)alphabet[triple >> 12 & 63];
    *to++ = i + 1 < len ? (uint8_t)alphabet[triple >> 6 & 63] : '=';
    *to++ = i + 2 < len ? (uint8_t)alphabet[triple & 63] : '=';
  }
  out->len += (len + 2) / 3 * 4;
  return 0;
}

struct digest {
  EVP_MD_CTX *ctx;
  bool failed;
};

int digest_create(struct digest **out) {
  struct digest *d = calloc(1, sizeof *d);
  if (d) d->ctx = EVP_MD_CTX_new();
  if (!d || !d->ctx || EVP_DigestInit_ex(d->ctx, EVP_sha256(), NULL) != 1) {
    digest_destroy(d);
    return ERR_NOMEM;
  }
  *out = d;
  return 0;
}

void digest_destroy(struct digest *d) {
  if (!d) return;
  EVP_MD_CTX_free(d->ctx);
  free(d);
}

void digest_add(struct digest *d, const void *data, size_t len) {
  if (len && EVP_DigestUpdate(d->ctx, data, len) != 1) d->failed = true;
}

int digest_finish(struct digest *d, uint8_t out[static 32]) {
  return !d->failed && EVP_DigestFinal_ex(d->ctx, out, NULL) == 1 ? 0 : ERR_NOMEM;
}
