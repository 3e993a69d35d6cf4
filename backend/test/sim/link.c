/* SPDX-License-Identifier: MIT */
#include "link.h"

#include <inttypes.h>
#include <string.h>

#include "editor.h"
#include "wire/yproto.h"

struct packet {
  struct packet *next;
  uint64_t at_ms;
  uint16_t close_code; /* 0: bytes */
  bool opened;         /* the answer to the upgrade */
  size_t len;
  uint8_t bytes[];
};

/* ---- pipes ---- */

static void pipe_init(struct pipe *pipe) {
  pipe->head = NULL;
  pipe->tail = &pipe->head;
}

static struct packet *pipe_pop(struct pipe *pipe) {
  struct packet *packet = pipe->head;
  if (!packet) return NULL;
  pipe->head = packet->next;
  if (!pipe->head) pipe->tail = &pipe->head;
  return packet;
}

static void pipe_clear(struct pipe *pipe) {
  for (struct packet *packet; (packet = pipe_pop(pipe));) free(packet);
}

static void pipe_push(struct link *link, struct pipe *pipe, const void *bytes, size_t len, void (*arrive)(void *ctx),
                      struct packet form) {
  struct sim *sim = link->sim;
  struct packet *packet = must_alloc(malloc(sizeof *packet + len));
  uint64_t now_ms = sim->time.now_ms, lag_ms = dice_between(&sim->dice, 1, sim->settling ? 5 : sim->luck.lag_ms);
  *packet = form;
  packet->next = NULL;
  packet->len = len;
  packet->at_ms = (link->stalled_until_ms > now_ms ? link->stalled_until_ms : now_ms) + lag_ms;
  if (packet->at_ms < pipe->last_ms) packet->at_ms = pipe->last_ms;
  pipe->last_ms = packet->at_ms;
  if (len) memcpy(packet->bytes, bytes, len);
  *pipe->tail = packet;
  pipe->tail = &packet->next;
  timeline_plan(&sim->time, packet->at_ms - now_ms, arrive, link);
}

/* ---- the server's end: in ---- */

static void leave(struct link *link) {
  if (!link->member) return;
  room_leave(link->member, link->sim->time.now_ms);
  link->member = NULL;
}

static void take_message(struct link *link, const struct ws_event *ev) {
  struct sim *sim = link->sim;
  member_on_message(link->member, ev->binary, ev->data, ev->len, sim->time.now_ms, sim_wall_ms(sim));
  bool sync = ev->len > 1 && ev->data[0] == 0 && (ev->data[1] == 1 || ev->data[1] == 2);
  if (sync && !link->refused) link->received++;
}

static void on_up(void *ctx) {
  struct link *link = ctx;
  struct packet *packet = pipe_pop(&link->up);
  if (!packet) return;
  if (link->cut && link->member && packet->len) report_fault(&link->sim->report, FAULT_OVERTAKEN);
  for (size_t at = 0; link->member && !link->refused && at < packet->len;) {
    struct ws_event ev;
    size_t used = 0;
    MUST(ws_decoder_feed(&link->decoder, packet->bytes + at, packet->len - at, &used, &ev));
    at += used;
    if (ev.kind == WS_EVENT_MESSAGE) take_message(link, &ev);
    if (ev.kind == WS_EVENT_ERROR) report_violation(&link->sim->report, "a client's frame is refused: %s", ev.reason);
  }
  ws_decoder_trim(&link->decoder);
  free(packet);
}

/* ---- the server's end: out ---- */

/* One frame of a server at the beginning of the bytes; false when it is not whole. */
static bool next_frame(const uint8_t *in, size_t len, size_t *head, size_t *payload) {
  if (len < 2) return false;
  size_t n = in[1] & 127, more = n == 127 ? 8 : n == 126 ? 2 : 0;
  if (len < 2 + more) return false;
  if (more) n = 0;
  for (size_t i = 0; i < more; i++) n = n << 8 | in[2 + i];
  *head = 2 + more;
  *payload = n;
  return len - *head >= n;
}

void link_check_durable(struct link *link, size_t count, const char *when) {
  struct sim *sim = link->sim;
  const struct disk_room *room = disk_find(&sim->disk, sim->room_ids[link->room]);
  for (; link->durable < count; link->durable++) {
    yata_applied applied = {0};
    const struct blob *update = link->sent[link->durable];
    MUST(yata_apply_update(room->committed, update->data, update->len, &applied));
    if (applied.changed)
      report_violation(&sim->report, "%s, but an update of %zu bytes before it is not committed%s", when, update->len,
                       update->data[0] == 0 ? " (a deletion)" : "");
  }
}

/* `saved` never precedes the commit: look at each as it leaves. */
static void watch_out(struct link *link, const uint8_t *bytes, size_t len) {
  MUST(buf_append(&link->out, bytes, len));
  size_t at = 0;
  for (size_t head, payload; next_frame(link->out.data + at, link->out.len - at, &head, &payload);
       at += head + payload) {
    struct yproto_message m;
    MUST(yproto_decode(link->out.data + at + head, payload, &m, NULL));
    if (m.kind != YPROTO_SAVED) continue;
    if (m.token == 0 || m.token > link->asked_count)
      report_violation(&link->sim->report, "saved for %" PRIu64 ", which nobody asked for", m.token);
    else
      link_check_durable(link, link->asked[m.token - 1], "the server says saved");
  }
  buf_consume(&link->out, at);
}

static void on_down(void *ctx);

static void write_some(struct link *link) {
  struct sim *sim = link->sim;
  struct iovec iov[4];
  for (int n; (n = member_output_peek(link->member, iov, 4)) > 0;) {
    size_t took = 0;
    bool whole = sim->settling || !dice_hits(&sim->dice, 50);
    for (int i = 0; i < n && (whole || i == 0); i++) {
      size_t len = whole ? iov[i].iov_len : dice_between(&sim->dice, 1, (uint32_t)iov[i].iov_len);
      watch_out(link, iov[i].iov_base, len);
      pipe_push(link, &link->down, iov[i].iov_base, len, on_down, (struct packet){0});
      took += len;
    }
    member_output_consume(link->member, took);
    if (!whole) report_fault(&sim->report, FAULT_SPLIT);
  }
}

static void on_write(void *ctx) {
  struct link *link = ctx;
  struct sim *sim = link->sim;
  link->writing = false;
  if (!link->member || !link->host->up) return;
  if (sim->time.now_ms < link->stalled_until_ms) {
    link->writing = true;
    timeline_plan(&sim->time, link->stalled_until_ms - sim->time.now_ms, on_write, link);
    return;
  }
  write_some(link);
}

static void on_output(void *ctx) {
  struct link *link = ctx;
  if (link->writing || !link->host->up) return;
  link->writing = true;
  timeline_plan(&link->sim->time, 0, on_write, link);
}

static void on_server_end(void *ctx) {
  struct link *link = ctx;
  if (!link->member || !link->host->up) return;
  if (link->sim->time.now_ms >= link->stalled_until_ms) write_some(link);
  leave(link);
}

static void on_close(void *ctx, uint16_t code, const char *reason) {
  struct link *link = ctx;
  struct report *report = &link->sim->report;
  link->refused = true;
  if (!link->host->up) return;
  report_trace(report, "%s: closed with %u: %s", link->editor ? editor_name(link->editor) : "?", code, reason);
  if (code == WS_CLOSE_TRY_LATER) report_fault(report, strstr(reason, "slow") ? FAULT_SLOW_READER : FAULT_BACKLOG_FULL);
  if (code != WS_CLOSE_TRY_LATER && code != WS_CLOSE_GOING_AWAY)
    report_violation(report, "a member was closed with %u: %s", code, reason);
  timeline_plan(&link->sim->time, 1, on_server_end, link);
  pipe_push(link, &link->down, NULL, 0, on_down, (struct packet){.close_code = code});
}

static const struct member_hooks hooks = {.on_output = on_output, .on_close = on_close};

/* ---- the client's end ---- */

static void client_gone(struct link *link) {
  struct editor *editor = link->editor;
  link->open = false;
  link->editor = NULL;
  if (editor) editor_on_gone(editor);
}

static void take_frames(struct link *link) {
  size_t at = 0;
  for (size_t head, payload; link->open && next_frame(link->in.data + at, link->in.len - at, &head, &payload);
       at += head + payload) {
    struct yproto_message m;
    MUST(yproto_decode(link->in.data + at + head, payload, &m, NULL));
    editor_on_message(link->editor, &m);
  }
  buf_consume(&link->in, at);
}

static void on_down(void *ctx) {
  struct link *link = ctx;
  struct packet *packet = pipe_pop(&link->down);
  if (!packet) return;
  if (packet->opened && link->editor) {
    link->open = true;
    editor_on_open(link->editor);
  } else if (packet->close_code) {
    client_gone(link);
  } else if (link->open) {
    MUST(buf_append(&link->in, packet->bytes, packet->len));
    take_frames(link);
  }
  free(packet);
}

static void on_noticed(void *ctx) {
  struct link *link = ctx;
  pipe_clear(&link->up);
  if (link->host->up) leave(link);
}

void link_drop(struct link *link, uint32_t notice_ms) {
  struct sim *sim = link->sim;
  bool under_way = link->up.head || link->down.head;
  if (under_way) report_fault(&sim->report, FAULT_DROPPED);
  link->cut = true;
  pipe_clear(&link->down);
  if (dice_hits(&sim->dice, 500)) pipe_clear(&link->up); /* else it is on its way, though nobody waits for it */
  timeline_plan(&sim->time, dice_below(&sim->dice, notice_ms), on_noticed, link);
  client_gone(link);
}

void link_stall(struct link *link, uint64_t ms) {
  report_fault(&link->sim->report, FAULT_STALLED);
  link->stalled_until_ms = link->sim->time.now_ms + ms;
}

static void on_host_missed(void *ctx) {
  client_gone(ctx);
}

void link_host_died(struct link *link) {
  if (!link->member && !link->editor) return;
  leave(link);
  pipe_clear(&link->up);
  timeline_plan(&link->sim->time, dice_below(&link->sim->dice, 500), on_host_missed, link);
}

/* ---- opening ---- */

static void on_room(void *ctx, int err, struct room *room) {
  struct link *link = ctx;
  struct sim *sim = link->sim;
  struct member_options options = {.kind = MEMBER_YJS, .conn_id = 1, .name = "peer", .hooks = &hooks, .ctx = link};
  if (!err && !link->cut) err = room_join(room, &options, sim->time.now_ms, &link->member);
  if (room) registry_release(link->host->registry, room, sim->time.now_ms);
  if (!link->host->up || link->cut) return;
  if (err == ERR_NOT_FOUND) report_violation(&sim->report, "a room is not found, though it is on disk");
  report_trace(&sim->report, "%s: opened, %d", link->editor ? editor_name(link->editor) : "?", err);
  if (err)
    pipe_push(link, &link->down, NULL, 0, on_down, (struct packet){.close_code = 503});
  else
    pipe_push(link, &link->down, NULL, 0, on_down, (struct packet){.opened = true});
}

static void on_asked(void *ctx) {
  struct link *link = ctx;
  free(pipe_pop(&link->up));
  if (link->cut) return;
  if (link->host->up)
    MUST(registry_open(link->host->registry, link->sim->room_ids[link->room], on_room, link));
  else
    client_gone(link);
}

struct link *link_open(struct editor *editor, size_t room) {
  struct sim *sim = editor->sim;
  struct link *link = must_alloc(calloc(1, sizeof *link));
  *link = (struct link){.next = sim->links,
                        .sim = sim,
                        .host = host_pick(sim),
                        .editor = editor,
                        .room = room,
                        .asked_ms = sim->time.now_ms};
  ws_decoder_init(&link->decoder, sim->limits.message_max_bytes);
  pipe_init(&link->up);
  pipe_init(&link->down);
  sim->links = link;
  pipe_push(link, &link->up, NULL, 0, on_asked, (struct packet){0});
  return link;
}

void link_free(struct link *link) {
  pipe_clear(&link->up);
  pipe_clear(&link->down);
  ws_decoder_deinit(&link->decoder);
  buf_deinit(&link->in);
  buf_deinit(&link->out);
  for (size_t i = 0; i < link->sent_count; i++) blob_unref(link->sent[i]);
  free(link->sent);
  free(link->asked);
  free(link);
}

/* ---- the client sends ---- */

void link_send(struct link *link, const struct buf *message, struct blob *sync_update) {
  static const uint8_t mask[4] = {0x37, 0xfa, 0x21, 0x3d};
  uint8_t header[WS_HEADER_MAX_BYTES];
  struct buf frame = BUF_INIT;
  size_t header_len = ws_frame_header(header, WS_BINARY, message->len);
  header[1] |= 0x80;
  MUST(buf_append(&frame, header, header_len));
  MUST(buf_append(&frame, mask, sizeof mask));
  for (size_t i = 0; i < message->len; i++) MUST(buf_append_byte(&frame, message->data[i] ^ mask[i & 3]));
  pipe_push(link, &link->up, frame.data, frame.len, on_up, (struct packet){0});
  buf_deinit(&frame);
  if (!sync_update) return;
  if (link->sent_count == link->sent_cap) {
    link->sent_cap = link->sent_cap ? link->sent_cap * 2 : 32;
    link->sent = must_alloc(realloc(link->sent, link->sent_cap * sizeof(struct blob *)));
  }
  link->sent[link->sent_count++] = blob_ref(sync_update);
}

void link_ask(struct link *link) {
  struct buf message = BUF_INIT;
  if (link->asked_count == link->asked_cap) {
    link->asked_cap = link->asked_cap ? link->asked_cap * 2 : 32;
    link->asked = must_alloc(realloc(link->asked, link->asked_cap * sizeof *link->asked));
  }
  link->asked[link->asked_count++] = link->sent_count;
  MUST(yproto_append_saved(&message, link->asked_count));
  link_send(link, &message, NULL);
  buf_deinit(&message);
}

bool link_quiet(const struct link *link) {
  return !link->up.head && !link->down.head && !link->writing;
}
