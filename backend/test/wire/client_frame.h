/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_WIRE_CLIENT_FRAME_H
#define YOKE_TEST_WIRE_CLIENT_FRAME_H

#include "base/support.h"

/* Append a masked frame; @first holds FIN, the reserved bits and the opcode. */
static inline void append_client_frame(struct buf *out, unsigned first, const void *payload, size_t len) {
  static const uint8_t mask[4] = {0xa5, 0x17, 0xfe, 0x01};
  assert_int_equal(buf_append_byte(out, (uint8_t)first), 0);
  size_t len_bytes = len < 126 ? 0 : len < 65536 ? 2 : 8;
  unsigned second = len_bytes == 0 ? (unsigned)len : len_bytes == 2 ? 126 : 127;
  assert_int_equal(buf_append_byte(out, (uint8_t)(0x80 | second)), 0);
  for (size_t i = len_bytes; i-- > 0;) assert_int_equal(buf_append_byte(out, (uint8_t)(len >> 8 * i)), 0);
  assert_int_equal(buf_append(out, mask, 4), 0);
  for (size_t i = 0; i < len; i++)
    assert_int_equal(buf_append_byte(out, ((const uint8_t *)payload)[i] ^ mask[i & 3]), 0);
}

#endif
