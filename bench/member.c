/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "member.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "wire/ws_frame.h"

#define READ_BYTES (256 * 1024)
#define ANSWER_MAX 4096
#define MASKED 0x80

void member_close(struct member *member) {
  loop_watch_destroy(member->watch);
  if (member->fd >= 0) close(member->fd);
  buf_deinit(&member->in);
  buf_deinit(&member->out);
  member->watch = NULL;
  member->fd = -1;
}

static void gone(struct member *member, const char *why) {
  if (member->fd < 0) return;
  member_close(member);
  member->events->on_gone(member, why);
}

static int send_frame(struct member *member, enum ws_opcode opcode, const uint8_t *data, size_t len) {
  static const uint8_t mask[4] = {0x37, 0xfa, 0x21, 0x3d};
  uint8_t header[WS_HEADER_MAX_BYTES];
  size_t header_len = ws_frame_header(header, opcode, len);
  header[1] |= MASKED;
  int err = buf_reserve(&member->out, header_len + sizeof mask + len);
  if (!err) err = buf_append(&member->out, header, header_len);
  if (!err) err = buf_append(&member->out, mask, sizeof mask);
  if (err) return err;
  for (size_t i = 0; i < len; i++) member->out.data[member->out.len++] = data[i] ^ mask[i & 3];
  return 0;
}

int member_send(struct member *member, const void *message, size_t len) {
  return send_frame(member, WS_BINARY, message, len);
}

void member_flush(struct member *member) {
  if (member->fd < 0 || member->out.len == 0) return;
  ssize_t n = send(member->fd, member->out.data, member->out.len, MSG_NOSIGNAL);
  if (n < 0 && errno != EAGAIN && errno != EINTR) {
    gone(member, strerror(errno));
    return;
  }
  if (n > 0) {
    member->bytes_out += (size_t)n;
    buf_consume(&member->out, (size_t)n);
  }
  bool blocked = member->out.len > 0;
  if (blocked != member->blocked && loop_watch_set(member->watch, LOOP_READ | (blocked ? LOOP_WRITE : 0u)))
    gone(member, "cannot watch its socket");
  member->blocked = blocked;
}

/* The length of a frame's header and payload, or 0 while the header is not complete. */
static size_t frame_size(const uint8_t *at, size_t len, size_t *header) {
  if (len < 2) return 0;
  size_t length = at[1] & 0x7f, more = length == 127 ? 8 : length == 126 ? 2 : 0;
  if (len < 2 + more) return 0;
  if (more) length = 0;
  for (size_t i = 0; i < more; i++) length = length << 8 | at[2 + i];
  *header = 2 + more;
  return *header + length;
}

static void on_close_frame(struct member *member, const uint8_t *data, size_t len) {
  char why[160];
  unsigned code = len >= 2 ? (unsigned)data[0] << 8 | data[1] : 1005;
  snprintf(why, sizeof why, "closed by the server with %u: %.*s", code, len > 2 ? (int)(len - 2) : 0,
           (const char *)data + (len > 2 ? 2 : 0));
  gone(member, why);
}

static void on_frame(struct member *member, const uint8_t *frame, size_t header, size_t size, uint64_t now_us) {
  const uint8_t *data = frame + header;
  size_t len = size - header;
  switch (frame[0]) {
  case 0x80 | WS_BINARY: member->events->on_message(member, data, len, now_us); break;
  case 0x80 | WS_PING:
    if (send_frame(member, WS_PONG, data, len))
      gone(member, "out of memory");
    else
      member_flush(member);
    break;
  case 0x80 | WS_PONG: break;
  case 0x80 | WS_CLOSE: on_close_frame(member, data, len); break;
  default: gone(member, "the server sent a frame that this client does not know"); break;
  }
}

/* Handle all whole frames; returns how many bytes they are. */
static size_t take_frames(struct member *member, const uint8_t *data, size_t len, uint64_t now_us) {
  size_t used = 0, header = 0;
  while (member->fd >= 0) {
    size_t size = frame_size(data + used, len - used, &header);
    if (size == 0 || size > len - used) break;
    on_frame(member, data + used, header, size, now_us);
    used += size;
  }
  return used;
}

static void take(struct member *member, const uint8_t *data, size_t len, uint64_t now_us) {
  int err = 0;
  if (member->in.len > 0) {
    err = buf_append(&member->in, data, len);
    size_t used = err ? 0 : take_frames(member, member->in.data, member->in.len, now_us);
    if (member->fd >= 0) buf_consume(&member->in, used);
  } else {
    size_t used = take_frames(member, data, len, now_us);
    if (member->fd >= 0 && used < len) err = buf_append(&member->in, data + used, len - used);
  }
  if (err) gone(member, "out of memory");
}

static void on_ready(void *ctx, unsigned ready) {
  struct member *member = ctx;
  uint8_t input[READ_BYTES];
  if (ready & LOOP_WRITE) member_flush(member);
  if (!(ready & LOOP_READ) || member->fd < 0) return;
  ssize_t n = recv(member->fd, input, sizeof input, 0);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) {
    gone(member, n < 0 ? strerror(errno) : "the server ended the connection");
    return;
  }
  member->bytes_in += (size_t)n;
  take(member, input, (size_t)n, clock_mono_us());
}

/* The upgrade, on a socket that still blocks. What follows the answer's head stays in member->in. */
static int shake_hands(struct member *member, const char *path, const char *protocol) {
  char text[ANSWER_MAX];
  int len =
      snprintf(text, sizeof text,
               "GET %s HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eW9rZS1iZW5jaC1sb2FkIQ==\r\n%s%s%s\r\n",
               path, protocol ? "Sec-WebSocket-Protocol: " : "", protocol ? protocol : "", protocol ? "\r\n" : "");
  if (send(member->fd, text, (size_t)len, MSG_NOSIGNAL) != len) return ERR_IO;
  size_t got = 0;
  const char *end = NULL;
  while (!end) {
    ssize_t n = recv(member->fd, text + got, sizeof text - 1 - got, 0);
    if (n <= 0) return ERR_IO;
    got += (size_t)n;
    text[got] = '\0';
    end = memmem(text, got, "\r\n\r\n", 4);
    if (!end && got == sizeof text - 1) return ERR_PROTOCOL;
  }
  if (strncmp(text, "HTTP/1.1 101", 12) != 0) {
    fprintf(stderr, "the upgrade was refused: %.*s\n", (int)strcspn(text, "\r"), text);
    return ERR_PROTOCOL;
  }
  size_t head = (size_t)(end + 4 - text);
  return buf_append(&member->in, text + head, got - head);
}

int member_open(struct member *member, const struct member_events *events, const struct server *server,
                const char *path, const char *protocol, struct loop *loop) {
  member->events = events;
  int err = server_connect(server, &member->fd);
  if (!err) err = shake_hands(member, path, protocol);
  if (!err && fcntl(member->fd, F_SETFL, O_NONBLOCK) < 0) err = ERR_IO;
  if (!err && setsockopt(member->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int)) < 0) err = ERR_IO;
  if (!err) err = loop_watch_create(loop, member->fd, LOOP_READ, on_ready, member, &member->watch);
  if (err) {
    member_close(member);
    return err;
  }
  size_t used = take_frames(member, member->in.data, member->in.len, clock_mono_us());
  if (member->fd >= 0) buf_consume(&member->in, used);
  return 0;
}
