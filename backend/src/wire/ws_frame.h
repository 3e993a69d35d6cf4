/* SPDX-License-Identifier: MIT */
#ifndef YOKE_WIRE_WS_FRAME_H
#define YOKE_WIRE_WS_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/utf8.h"

/*
 * WebSocket frames (RFC 6455), server side, without extensions: bytes in,
 * events out; no I/O. Nothing is allocated while messages arrive whole: only
 * the part of a message that is still incomplete is kept.
 */
enum ws_opcode { WS_CONTINUATION = 0, WS_TEXT = 1, WS_BINARY = 2, WS_CLOSE = 8, WS_PING = 9, WS_PONG = 10 };

enum ws_close_code {
  WS_CLOSE_NORMAL = 1000,
  WS_CLOSE_GOING_AWAY = 1001,
  WS_CLOSE_PROTOCOL = 1002,
  WS_CLOSE_UNSUPPORTED = 1003,
  WS_CLOSE_NO_STATUS = 1005,
  WS_CLOSE_BAD_DATA = 1007,
  WS_CLOSE_POLICY = 1008,
  WS_CLOSE_TOO_BIG = 1009,
  WS_CLOSE_INTERNAL = 1011,
  WS_CLOSE_TRY_LATER = 1013
};

#define WS_HEADER_MAX_BYTES 10 /* of a frame that we send (unmasked) */
#define WS_CONTROL_MAX_BYTES 125
#define WS_CLOSE_FRAME_MAX_BYTES (WS_HEADER_MAX_BYTES + WS_CONTROL_MAX_BYTES)

struct ws_event {
  enum { WS_EVENT_NONE, WS_EVENT_MESSAGE, WS_EVENT_PING, WS_EVENT_PONG, WS_EVENT_CLOSE, WS_EVENT_ERROR } kind;
  bool binary;         /* of a message */
  const uint8_t *data; /* message, ping/pong payload, or close reason; borrowed until the next call with this decoder or
                          its input */
  size_t len;
  uint16_t code;      /* CLOSE: the peer's code, 1005 when it sent none; ERROR: the code to close with */
  const char *reason; /* ERROR: static text for the close frame and the log */
};

/** Zero-initialised by ws_decoder_init(); the fields are private to ws_frame.c. */
struct ws_decoder {
  uint64_t max_message; /* bytes, over all fragments: more is 1009 before anything is allocated for it */
  struct buf partial;   /* payload so far of the message being received; empty when idle */
  struct buf control;   /* payload so far of a control frame */
  uint8_t header[14];   /* bytes of the frame header so far */
  uint8_t header_len;
  uint8_t opcode;         /* of the frame being received */
  uint8_t message_opcode; /* of the message being received, 0: none */
  bool in_payload, fin, failed;
  uint8_t mask[4];
  uint64_t left;          /* payload bytes of the current frame still to come */
  uint64_t done;          /* payload bytes of the current frame already taken (mask phase) */
  struct utf8_state utf8; /* text is validated as it arrives */
};

void ws_decoder_init(struct ws_decoder *d, uint64_t max_message);
void ws_decoder_deinit(struct ws_decoder *d);
/** Free what the last event lent out, so that an idle connection keeps no buffer. Call it when the input is used up. */
void ws_decoder_trim(struct ws_decoder *d);

/**
 * Take bytes from the network until one event is complete or the input ends.
 *
 * @in   unmasked in place; a message that lies whole in it is returned without a copy.
 * @used bytes taken; call again with the rest (and with len 0 never).
 * @ev   WS_EVENT_NONE when more input is needed. After WS_EVENT_ERROR or
 *       WS_EVENT_CLOSE nothing more is decoded.
 * The events do not depend on how the bytes are split over calls.
 * Returns 0 or ERR_NOMEM (the connection should be closed 1011; nothing more is decoded).
 */
MUST_USE int ws_decoder_feed(struct ws_decoder *d, uint8_t *in, size_t len, size_t *used, struct ws_event *ev);

/** Header of an unmasked final frame; returns its length. */
size_t ws_frame_header(uint8_t out[static WS_HEADER_MAX_BYTES], enum ws_opcode opcode, uint64_t len);

/** Append a whole frame. */
MUST_USE int ws_frame_append(struct buf *out, enum ws_opcode opcode, const void *data, size_t len);

/** Whether a peer may send this code in a close frame (RFC 6455, section 7.4, and the IANA registry). */
bool ws_close_code_valid(uint16_t code);

/** Write a close frame and return its length; the reason is cut to fit 123 bytes at a character boundary. 1005 sends an
 * empty one. */
size_t ws_frame_close(uint8_t out[static WS_CLOSE_FRAME_MAX_BYTES], uint16_t code, const char *reason);

/** Sec-WebSocket-Accept for a client's Sec-WebSocket-Key: 28 characters and a NUL. ERR_MALFORMED unless the key is
 * base64 of 16 bytes. */
MUST_USE int ws_accept_key(const char *key, char out[static 29]);

#endif
