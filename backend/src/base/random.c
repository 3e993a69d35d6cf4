/* SPDX-License-Identifier: MIT */
#include "base/random.h"

#include <errno.h>
#include <sys/random.h>

int random_bytes(void *out, size_t len) {
  uint8_t *at = out;
  while (len > 0) {
    ssize_t got = getrandom(at, len, 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      return ERR_IO;
    }
    at += got;
    len -= (size_t)got;
  }
  return 0;
}

int random_id(char out[static RANDOM_ID_CHARS + 1]) {
  /* The marks come last, so that "starts with a letter or digit" is "below 62". */
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  uint8_t bytes[RANDOM_ID_CHARS];
  do {
    int err = random_bytes(bytes, sizeof(bytes));
    if (err) return err;
  } while ((bytes[0] & 63) >= 62);
  for (int i = 0; i < RANDOM_ID_CHARS; i++) out[i] = alphabet[bytes[i] & 63];
  out[RANDOM_ID_CHARS] = '\0';
  return 0;
}
