/* SPDX-License-Identifier: MIT */
/* The sync protocol of y-websocket, between two processes over a pair of sockets. Each message is one frame: its
 * length, then 0 ("sync"), then 0, 1 or 2, then a state vector or an update; all numbers and lengths are varUints. */
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "must.h"

/* [protocol] */
enum { SYNC = 0 };
enum { STEP1, STEP2, UPDATE }; /* "this I have"; "this you lack"; "this just happened" */

struct peer {
  yata_doc *doc;
  yata_type text;
  int fd;
  yata_buf in; /* received, not yet a whole frame */
  bool synced; /* the other side's step 2 has come */
};
/* [end] */

/* ---- bytes ------------------------------------------------------------------------------------ */

static size_t put_uint(uint8_t *out, size_t n) {
  size_t len = 0;
  for (; n > 127; n >>= 7) out[len++] = (uint8_t)(n | 128);
  out[len++] = (uint8_t)n;
  return len;
}

/* False: it is not all there. At most 32 bits are read, so that a length cannot overflow. */
static bool take_uint(yata_slice *in, size_t *n) {
  *n = 0;
  for (size_t i = 0; i < in->len && i < 5; i++) {
    *n |= (size_t)(in->data[i] & 127) << (7 * i);
    if (in->data[i] & 128) continue;
    *in = (yata_slice){in->data + i + 1, in->len - i - 1};
    return true;
  }
  return false;
}

static void write_all(int fd, const uint8_t *data, size_t len) {
  while (len > 0) {
    ssize_t n = write(fd, data, len);
    if (n <= 0) exit(1);
    data += n;
    len -= (size_t)n;
  }
}

/* [send] */
static void send_message(const struct peer *p, uint8_t what, const yata_buf *payload) {
  uint8_t head[32], body[8] = {SYNC, what};
  size_t body_len = 2 + put_uint(body + 2, payload->len), head_len = put_uint(head, body_len + payload->len);
  memcpy(head + head_len, body, body_len);
  write_all(p->fd, head, head_len + body_len);
  write_all(p->fd, payload->data, payload->len);
}

static void begin_sync(const struct peer *p) {
  yata_buf known = YATA_BUF_INIT;
  must(yata_encode_state_vector(p->doc, &known));
  send_message(p, STEP1, &known);
  yata_buf_deinit(&known);
}
/* [end] */

/* [receive] */
/* One message. What a stranger sends may be anything: what is malformed ends the connection. */
static int on_message(struct peer *p, yata_slice message) {
  size_t type, what, len;
  if (!take_uint(&message, &type) || !take_uint(&message, &what) || !take_uint(&message, &len) || type != SYNC ||
      len != message.len)
    return YATA_ERR_MALFORMED;
  if (what == STEP1) {
    yata_buf missing = YATA_BUF_INIT;
    int err = yata_encode_state_as_update(p->doc, message.data, message.len, &missing);
    if (err == 0) send_message(p, STEP2, &missing); /* always, even when nothing is missing */
    yata_buf_deinit(&missing);
    return err;
  }
  if (what == STEP2) p->synced = true;
  return what <= UPDATE ? yata_apply_update(p->doc, message.data, message.len, NULL) : YATA_ERR_MALFORMED;
}

/* Bytes come as the socket likes: take whole frames, keep the rest. */
static int on_bytes(struct peer *p) {
  yata_slice rest = {p->in.data, p->in.len};
  int err = 0;
  for (size_t len; err == 0;) {
    yata_slice frame = rest;
    if (!take_uint(&frame, &len) || frame.len < len) break;
    rest = (yata_slice){frame.data + len, frame.len - len};
    err = on_message(p, (yata_slice){frame.data, len});
  }
  memmove(p->in.data, rest.data, rest.len);
  p->in.len = rest.len;
  return err;
}
/* [end] */

static bool read_some(struct peer *p) {
  static uint8_t room[1 << 16]; /* what one frame may take; a server has its own idea */
  p->in.data = room;
  ssize_t n = read(p->fd, room + p->in.len, sizeof(room) - p->in.len);
  if (n <= 0) return false;
  p->in.len += (size_t)n;
  must(on_bytes(p));
  return true;
}

/* ---- two people ------------------------------------------------------------------------------- */

static void open_peer(struct peer *p, uint64_t client_id, int fd) {
  yata_options options = {.client_id = client_id};
  *p = (struct peer){.fd = fd};
  must(yata_doc_create(&options, &p->doc));
  must(yata_text(p->doc, "text", &p->text));
}

/* [update] */
/* Type; what is typed goes to the other side at once. */
static void type(struct peer *p, uint32_t index, const char *s) {
  yata_buf update = YATA_BUF_INIT;
  must(yata_txn_begin(p->doc));
  must(yata_text_insert(p->doc, p->text, index, s, strlen(s)));
  must(yata_txn_commit(p->doc, &update));
  send_message(p, UPDATE, &update);
  yata_buf_deinit(&update);
}
/* [end] */

static uint32_t length(const struct peer *p) {
  uint32_t n;
  must(yata_text_length(p->doc, p->text, &n));
  return n;
}

/* Both wrote something before they met. After syncing one types, the other answers. */
static void talk(struct peer *p, bool first) {
  must(yata_txn_begin(p->doc));
  must(yata_text_insert(p->doc, p->text, 0, first ? "Hello. " : "Hi. ", first ? 7 : 4));
  must(yata_txn_commit(p->doc, NULL));
  begin_sync(p);
  while ((!p->synced || length(p) < 11) && read_some(p)) continue;
  if (first) type(p, length(p), "How are you? ");
  while (length(p) < 24 && read_some(p)) continue;
  if (!first) type(p, length(p), "Fine.");
  shutdown(p->fd, SHUT_WR);
  while (read_some(p)) continue;
}

int main(void) {
  int fds[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0) return 1;
  pid_t child = fork();
  bool first = child != 0;
  struct peer p;
  close(fds[first ? 1 : 0]);
  open_peer(&p, first ? 1 : 2, fds[first ? 0 : 1]);
  talk(&p, first);
  if (first) waitpid(child, NULL, 0); /* the other one prints before this one */
  print_text(first ? "first" : "second", p.doc, p.text);
  fflush(stdout);
  close(p.fd);
  yata_doc_destroy(p.doc);
  return 0;
}
