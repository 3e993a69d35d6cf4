/* SPDX-License-Identifier: MIT */
#include "wire/ws_frame.h"

#include <string.h>

enum { FIN = 0x80, RSV = 0x70, OPCODE = 0x0f, MASKED = 0x80, LEN = 0x7f, LEN_16 = 126, LEN_64 = 127 };

void ws_decoder_init(struct ws_decoder *d, uint64_t max_message) {
  *d = (struct ws_decoder){.max_message = max_message};
}

void ws_decoder_deinit(struct ws_decoder *d) {
  buf_deinit(&d->partial);
  buf_deinit(&d->control);
}

void ws_decoder_trim(struct ws_decoder *d) {
  if (d->message_opcode == 0) buf_deinit(&d->partial);
  bool inside_control = d->in_payload && d->opcode >= WS_CLOSE;
  if (!inside_control) buf_deinit(&d->control);
}

static void fail(struct ws_decoder *d, struct ws_event *ev, uint16_t code, const char *reason) {
  d->failed = true;
  *ev = (struct ws_event){.kind = WS_EVENT_ERROR, .code = code, .reason = reason};
}

/* XOR with the mask, which starts at byte @phase of itself (section 5.3). */
static void unmask(uint8_t *data, size_t len, const uint8_t mask[4], uint64_t phase) {
  uint8_t turned[8];
  for (size_t i = 0; i < 8; i++) turned[i] = mask[(phase + i) & 3];
  uint64_t wide;
  memcpy(&wide, turned, 8);
  size_t at = 0;
  for (; len - at >= 8; at += 8) {
    uint64_t word;
    memcpy(&word, data + at, 8);
    word ^= wide;
    memcpy(data + at, &word, 8);
  }
  for (; at < len; at++) data[at] ^= turned[at & 7];
}

/* Frame headers (section 5.2). Each byte is judged when it arrives. */

static const char *check_first_byte(const struct ws_decoder *d, uint8_t byte) {
  uint8_t opcode = byte & OPCODE;
  if (byte & RSV) return "reserved bits are set without an extension";
  switch (opcode) {
  case WS_CONTINUATION: return d->message_opcode == 0 ? "continuation of no message" : NULL;
  case WS_TEXT:
  case WS_BINARY: return d->message_opcode != 0 ? "new message inside a fragmented one" : NULL;
  case WS_CLOSE:
  case WS_PING:
  case WS_PONG: return byte & FIN ? NULL : "fragmented control frame";
  default: return "unknown opcode";
  }
}

static const char *check_second_byte(const struct ws_decoder *d, uint8_t byte) {
  if (!(byte & MASKED)) return "frame is not masked";
  bool control = (d->header[0] & OPCODE) >= WS_CLOSE;
  if (control && (byte & LEN) > WS_CONTROL_MAX_BYTES) return "control frame too long";
  return NULL;
}

static size_t header_size(const struct ws_decoder *d) {
  if (d->header_len < 2) return 2;
  uint8_t len = d->header[1] & LEN;
  return 2 + (len == LEN_16 ? 2u : len == LEN_64 ? 8u : 0u) + sizeof(d->mask);
}

static uint64_t read_big_endian(const uint8_t *bytes, size_t count) {
  uint64_t value = 0;
  for (size_t i = 0; i < count; i++) value = value << 8 | bytes[i];
  return value;
}

/* The payload length, or why it is not one. */
static const char *read_length(const struct ws_decoder *d, uint64_t *out) {
  uint8_t len = d->header[1] & LEN;
  *out = len;
  if (len == LEN_16) {
    *out = read_big_endian(d->header + 2, 2);
    if (*out < LEN_16) return "length is not in its shortest form";
  } else if (len == LEN_64) {
    *out = read_big_endian(d->header + 2, 8);
    if (*out <= UINT16_MAX) return "length is not in its shortest form";
    if (*out > INT64_MAX) return "length has its highest bit set";
  }
  return NULL;
}

/* The header is complete: on to the payload, unless it promises too much. */
static void begin_payload(struct ws_decoder *d, struct ws_event *ev) {
  uint64_t len;
  const char *wrong = read_length(d, &len);
  if (wrong) {
    fail(d, ev, WS_CLOSE_PROTOCOL, wrong);
    return;
  }
  d->opcode = d->header[0] & OPCODE;
  d->fin = (d->header[0] & FIN) != 0;
  if (d->opcode < WS_CLOSE) {
    if (d->opcode != WS_CONTINUATION) {
      d->message_opcode = d->opcode;
      buf_clear(&d->partial);
      d->utf8 = (struct utf8_state){0};
    }
    if (len > d->max_message || d->partial.len > d->max_message - len) {
      fail(d, ev, WS_CLOSE_TOO_BIG, "message is larger than the limit");
      return;
    }
  } else {
    buf_clear(&d->control);
  }
  memcpy(d->mask, d->header + d->header_len - sizeof(d->mask), sizeof(d->mask));
  d->header_len = 0;
  d->in_payload = true;
  d->left = len;
  d->done = 0;
}

/* Take header bytes; returns how many. */
static size_t feed_header(struct ws_decoder *d, const uint8_t *in, size_t len, struct ws_event *ev) {
  size_t at = 0;
  while (at < len) {
    uint8_t byte = in[at++];
    const char *wrong = NULL;
    if (d->header_len == 0) wrong = check_first_byte(d, byte);
    if (d->header_len == 1) wrong = check_second_byte(d, byte);
    if (wrong) {
      fail(d, ev, WS_CLOSE_PROTOCOL, wrong);
      break;
    }
    d->header[d->header_len++] = byte;
    if (d->header_len == header_size(d)) {
      begin_payload(d, ev);
      break;
    }
  }
  return at;
}

/* Payloads. */

bool ws_close_code_valid(uint16_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

static void end_close(struct ws_decoder *d, const uint8_t *data, size_t len, struct ws_event *ev) {
  if (len == 1) {
    fail(d, ev, WS_CLOSE_PROTOCOL, "close frame with half a code");
    return;
  }
  uint16_t code = len == 0 ? WS_CLOSE_NO_STATUS : (uint16_t)read_big_endian(data, 2);
  if (len > 0 && !ws_close_code_valid(code)) {
    fail(d, ev, WS_CLOSE_PROTOCOL, "close code is not allowed");
    return;
  }
  size_t skip = len == 0 ? 0 : 2;
  if (!utf8_valid(data + skip, len - skip)) {
    fail(d, ev, WS_CLOSE_BAD_DATA, "close reason is not UTF-8");
    return;
  }
  d->failed = true; /* nothing follows a close frame (section 5.5.1) */
  *ev = (struct ws_event){.kind = WS_EVENT_CLOSE, .code = code, .data = data + skip, .len = len - skip};
}

static void end_control(struct ws_decoder *d, const uint8_t *data, size_t len, struct ws_event *ev) {
  switch (d->opcode) {
  case WS_PING: *ev = (struct ws_event){.kind = WS_EVENT_PING, .data = data, .len = len}; break;
  case WS_PONG: *ev = (struct ws_event){.kind = WS_EVENT_PONG, .data = data, .len = len}; break;
  default: end_close(d, data, len, ev);
  }
}

static void end_message(struct ws_decoder *d, const uint8_t *data, size_t len, struct ws_event *ev) {
  bool binary = d->message_opcode == WS_BINARY;
  if (!binary && !utf8_complete(&d->utf8)) {
    fail(d, ev, WS_CLOSE_BAD_DATA, "text is not UTF-8");
    return;
  }
  d->message_opcode = 0; /* partial stays as it is until the next call: the event borrows it */
  *ev = (struct ws_event){.kind = WS_EVENT_MESSAGE, .binary = binary, .data = data, .len = len};
}

/* Take what there is of the payload; sets @taken. The end of a frame may be an event. */
static int feed_payload(struct ws_decoder *d, uint8_t *in, size_t len, size_t *taken, struct ws_event *ev) {
  size_t now = len < d->left ? len : (size_t)d->left;
  bool control = d->opcode >= WS_CLOSE;
  unmask(in, now, d->mask, d->done);
  d->left -= now;
  *taken = now;
  if (!control && d->message_opcode == WS_TEXT && !utf8_feed(&d->utf8, in, now)) {
    fail(d, ev, WS_CLOSE_BAD_DATA, "text is not UTF-8");
    return 0;
  }
  bool frame_ends = d->left == 0;
  struct buf *kept = control ? &d->control : &d->partial;
  bool whole_in_input = kept->len == 0 && d->done == 0 && frame_ends && d->fin;
  d->done += now;
  if (!whole_in_input) {
    int err = buf_append(kept, in, now);
    if (err) {
      d->failed = true;
      return err;
    }
  }
  if (!frame_ends) return 0;
  d->in_payload = false;
  if (!d->fin) return 0;
  const uint8_t *data = whole_in_input || kept->len == 0 ? in : kept->data;
  size_t data_len = whole_in_input ? now : kept->len;
  if (control) {
    end_control(d, data, data_len, ev);
  } else {
    end_message(d, data, data_len, ev);
  }
  return 0;
}

int ws_decoder_feed(struct ws_decoder *d, uint8_t *in, size_t len, size_t *used, struct ws_event *ev) {
  *ev = (struct ws_event){.kind = WS_EVENT_NONE};
  *used = 0;
  if (d->failed) {
    *used = len;
    return 0;
  }
  while (*used < len && ev->kind == WS_EVENT_NONE) {
    if (!d->in_payload) *used += feed_header(d, in + *used, len - *used, ev);
    if (!d->in_payload || d->failed) continue;
    if (*used == len && d->left > 0) continue;
    size_t taken;
    int err = feed_payload(d, in + *used, len - *used, &taken, ev);
    if (err) return err;
    *used += taken;
  }
  return 0;
}
