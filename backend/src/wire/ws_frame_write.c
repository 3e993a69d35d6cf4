/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "wire/ws_frame.h"

enum { REASON_MAX_BYTES = WS_CONTROL_MAX_BYTES - 2, KEY_CHARS = 24, ACCEPT_CHARS = 28 };

size_t ws_frame_header(uint8_t out[static WS_HEADER_MAX_BYTES], enum ws_opcode opcode, uint64_t len) {
  out[0] = (uint8_t)(0x80 | opcode);
  size_t len_bytes = len < 126 ? 0 : len <= UINT16_MAX ? 2 : 8;
  out[1] = len_bytes == 0 ? (uint8_t)len : len_bytes == 2 ? 126 : 127;
  for (size_t i = 0; i < len_bytes; i++) out[2 + i] = (uint8_t)(len >> 8 * (len_bytes - 1 - i));
  return 2 + len_bytes;
}

int ws_frame_append(struct buf *out, enum ws_opcode opcode, const void *data, size_t len) {
  uint8_t header[WS_HEADER_MAX_BYTES];
  size_t header_len = ws_frame_header(header, opcode, len);
  if (len > SIZE_MAX - header_len) return ERR_NOMEM;
  int err = buf_reserve(out, header_len + len);
  if (!err) err = buf_append(out, header, header_len);
  if (!err) err = buf_append(out, data, len);
  return err;
}

size_t ws_frame_close(uint8_t out[static WS_CLOSE_FRAME_MAX_BYTES], uint16_t code, const char *reason) {
  if (code == WS_CLOSE_NO_STATUS) return ws_frame_header(out, WS_CLOSE, 0);
  size_t len = reason ? strlen(reason) : 0;
  if (len > REASON_MAX_BYTES) {
    len = REASON_MAX_BYTES;
    while (len > 0 && ((uint8_t)reason[len] & 0xc0) == 0x80) len--;
  }
  size_t at = ws_frame_header(out, WS_CLOSE, 2 + len);
  out[at++] = (uint8_t)(code >> 8);
  out[at++] = (uint8_t)code;
  if (len > 0) memcpy(out + at, reason, len);
  return at + len;
}

static bool is_base64_char(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

/* RFC 6455, section 4.2.2, step 5.4. */
int ws_accept_key(const char *key, char out[static 29]) {
  if (strlen(key) != KEY_CHARS || strcmp(key + KEY_CHARS - 2, "==") != 0) return ERR_MALFORMED;
  for (int i = 0; i < KEY_CHARS - 2; i++)
    if (!is_base64_char(key[i])) return ERR_MALFORMED;

  char text[64];
  int len = snprintf(text, sizeof(text), "%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
  uint8_t hash[20];
  int err = digest_sha1(text, (size_t)len, hash);
  if (err) return err;
  struct buf accept = BUF_INIT;
  err = digest_base64(&accept, hash, sizeof(hash));
  if (!err) {
    memcpy(out, accept.data, ACCEPT_CHARS);
    out[ACCEPT_CHARS] = '\0';
  }
  buf_deinit(&accept);
  return err;
}
