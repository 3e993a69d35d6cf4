/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "room/state.h"
#include "wire/yproto.h"

void member_close(struct member *member, uint16_t code, const char *reason) {
  if (member->closing) return;
  member->closing = true;
  log_debug(LOG_CONN(member->room->id, member->conn_id), "closing %u: %s", code, reason);
  member->hooks->on_close(member->ctx, code, reason);
}

void member_send_frame(struct member *member, struct blob *frame) {
  if (!frame || outbox_push(&member->outbox, frame, 0, frame->len))
    member_close(member, WS_CLOSE_INTERNAL, "the server is out of memory");
  room_mark_dirty(member->room);
}

static struct blob *make_frame(enum ws_opcode opcode, const void *data, size_t len) {
  uint8_t header[WS_HEADER_MAX_BYTES];
  size_t header_len = ws_frame_header(header, opcode, len);
  struct blob *frame = blob_create(NULL, header_len + len);
  if (!frame) return NULL;
  memcpy(frame->data, header, header_len);
  if (len) memcpy(frame->data + header_len, data, len);
  return frame;
}

void member_send(struct member *member, enum ws_opcode opcode, const void *data, size_t len) {
  struct blob *frame = make_frame(opcode, data, len);
  member_send_frame(member, frame);
  blob_unref(frame);
  metric_add(member->room->registry->metrics.messages_out, 1);
}

int member_skip(struct member *member, size_t from, size_t to, size_t messages) {
  if (member->skip_count > 0 && member->skips[member->skip_count - 1].to == from) {
    member->skips[member->skip_count - 1].to = to;
    member->skip_messages += messages;
    return 0;
  }
  if (member->skip_count == member->skip_cap) {
    size_t cap = member->skip_cap ? member->skip_cap * 2 : 4;
    struct skip *skips = realloc(member->skips, cap * sizeof *skips);
    if (!skips) return ERR_NOMEM;
    member->skips = skips;
    member->skip_cap = cap;
  }
  member->skips[member->skip_count++] = (struct skip){.from = from, .to = to};
  member->skip_messages += messages;
  return 0;
}

/* ---- joining and leaving ---- */

static int greet(struct member *member) {
  struct room *room = member->room;
  struct buf sv = BUF_INIT, message = BUF_INIT;
  int err = document_state_vector(&room->document, &sv);
  if (!err) err = yproto_append_step1(&message, sv.data, sv.len);
  if (!err) member_send(member, WS_BINARY, message.data, message.len);
  buf_clear(&sv);
  buf_clear(&message);
  if (!err) err = presence_encode(&room->presence, &sv);
  if (!err && sv.len > 0) {
    err = yproto_append_awareness(&message, sv.data, sv.len);
    if (!err) member_send(member, WS_BINARY, message.data, message.len);
  }
  buf_deinit(&sv);
  buf_deinit(&message);
  return err;
}

static void unlink_member(struct member *member) {
  struct room *room = member->room;
  if (member->prev)
    member->prev->next = member->next;
  else
    room->members = member->next;
  if (member->next) member->next->prev = member->prev;
  room->member_count--;
  room->registry->member_count--;
  metric_move(room->registry->metrics.members, -1);
}

static void link_member(struct member *member) {
  struct room *room = member->room;
  member->next = room->members;
  if (member->next) member->next->prev = member;
  room->members = member;
  room->member_count++;
  room->registry->member_count++;
  metric_move(room->registry->metrics.members, 1);
}

static void member_free(struct member *member) {
  plain_leave(member);
  outbox_deinit(&member->outbox);
  free(member->skips);
  free(member->name);
  free(member);
}

int room_join(struct room *room, const struct member_options *options, uint64_t now_ms, struct member **out) {
  const struct limits *limits = room->registry->limits;
  if (room->state != ROOM_READY) return ERR_NOT_FOUND;
  if (room->member_count >= limits->members_max) return ERR_FULL;
  struct member *member = calloc(1, sizeof *member);
  if (!member) return ERR_NOMEM;
  *member = (struct member){.room = room,
                            .kind = options->kind,
                            .conn_id = options->conn_id,
                            .hooks = options->hooks,
                            .ctx = options->ctx,
                            .credit_at_ms = now_ms,
                            .message_credit = (double)limits->messages_burst,
                            .byte_credit = (double)limits->bytes_burst};
  member->name = strdup(options->name ? options->name : "");
  int err = member->name ? member_skip(member, 0, room->turn.len, room->turn_messages) : ERR_NOMEM;
  if (err) {
    member_free(member);
    return err;
  }
  link_member(member);
  err = member->kind == MEMBER_YJS ? greet(member) : plain_join(member);
  if (err) {
    unlink_member(member);
    member_free(member);
    return err;
  }
  log_info(LOG_CONN(room->id, member->conn_id), "joined (%s), %zu here",
           member->kind == MEMBER_YJS ? "yjs" : "plain text", room->member_count);
  *out = member;
  return 0;
}

void room_leave(struct member *member, uint64_t now_ms) {
  if (!member) return;
  struct room *room = member->room;
  unlink_member(member);
  journal_forget_member(room, member);
  struct buf gone = BUF_INIT, message = BUF_INIT;
  int err = presence_withdraw(&room->presence, member, &gone);
  if (!err && gone.len > 0) err = yproto_append_awareness(&message, gone.data, gone.len);
  if (!err && message.len > 0) err = room_broadcast(room, NULL, message.data, message.len);
  if (err) log_warn(LOG_CONN(room->id, member->conn_id), "its leaving was not announced: %s", err_text(err));
  buf_deinit(&gone);
  buf_deinit(&message);
  log_info(LOG_CONN(room->id, member->conn_id), "left, %zu here", room->member_count);
  member_free(member);
  room->idle_since_ms = now_ms;
}

/* ---- messages ---- */

static void check_backlog(struct member *member) {
  if (member_output_backlog(member) > member->room->registry->limits->outbox_max_bytes)
    member_close(member, WS_CLOSE_TRY_LATER, "this connection reads too slowly: see outbox_max_bytes");
}

static double refill(double credit, uint64_t per_second, uint64_t most, uint64_t passed_ms) {
  credit += (double)per_second * (double)passed_ms / 1000.0;
  return credit < (double)most ? credit : (double)most;
}

static bool spend(struct member *member, size_t len, uint64_t now_ms) {
  const struct limits *l = member->room->registry->limits;
  uint64_t passed = now_ms > member->credit_at_ms ? now_ms - member->credit_at_ms : 0;
  member->credit_at_ms = now_ms;
  member->message_credit = refill(member->message_credit, l->messages_per_second, l->messages_burst, passed) - 1;
  member->byte_credit = refill(member->byte_credit, l->bytes_per_second, l->bytes_burst, passed) - (double)len;
  if (member->message_credit < 0) {
    member_close(member, ROOM_CLOSE_TOO_FAST, "too many messages: see messages_per_second in docs/limits.md");
    return false;
  }
  if (member->byte_credit < 0) {
    member_close(member, ROOM_CLOSE_TOO_FAST, "too many bytes: see bytes_per_second in docs/limits.md");
    return false;
  }
  return true;
}

static void refuse_update(struct member *member, int err) {
  metric_add(member->room->registry->metrics.refused, 1);
  switch (err) {
  case ERR_MALFORMED: member_close(member, ROOM_CLOSE_MALFORMED, "the update is malformed"); break;
  case ERR_FULL:
    member_close(member, ROOM_CLOSE_PENDING_FULL,
                 "the update depends on too much that is missing here, or nests too deep");
    break;
  case ERR_TOO_LARGE: member_close(member, ROOM_CLOSE_TOO_LARGE, "the room would grow past document_max_bytes"); break;
  case ERR_UNAVAILABLE:
    member_close(member, WS_CLOSE_TRY_LATER, "the database is not taking edits and the server's backlog is full");
    break;
  default: member_close(member, WS_CLOSE_INTERNAL, err_text(err)); break;
  }
}

static bool update_is_empty(const uint8_t *update, size_t len) {
  return len == 2 && !update[0] && !update[1];
}

static void on_update(struct member *member, const uint8_t *update, size_t len, uint64_t unix_ms) {
  struct room *room = member->room;
  if (update_is_empty(update, len)) return;
  int err = room_admit(room, len);
  bool changed = false;
  uint64_t start = room->registry->now_us ? room->registry->now_us() : 0;
  if (!err) err = document_apply(&room->document, update, len, &changed);
  if (room->registry->now_us) metric_observe_us(room->registry->metrics.apply, room->registry->now_us() - start);
  if (err) {
    refuse_update(member, err);
    return;
  }
  if (!changed) {
    metric_add(room->registry->metrics.duplicates, 1);
    return;
  }
  metric_add(room->registry->metrics.updates, 1);
  journal_append(room, member->name, unix_ms, update, len);
  room->updated_at = unix_ms;
  room->text_changed = room->info_changed = true;
  struct buf message = BUF_INIT;
  err = yproto_append_update(&message, update, len);
  if (!err) err = room_broadcast(room, member, message.data, message.len);
  buf_deinit(&message);
  /* What the others did not get they must fetch: they do so when they connect again. */
  if (err) room_close_members(room, WS_CLOSE_INTERNAL, "the server is out of memory");
}

static void on_step1(struct member *member, const uint8_t *sv, size_t len) {
  struct buf diff = BUF_INIT, message = BUF_INIT;
  int err = document_diff(&member->room->document, sv, len, &diff);
  if (err == ERR_MALFORMED) {
    member_close(member, ROOM_CLOSE_MALFORMED, "the state vector is malformed");
  } else {
    if (!err) err = yproto_append_step2(&message, diff.data, diff.len);
    if (err) {
      member_close(member, WS_CLOSE_INTERNAL, err_text(err));
    } else {
      member_send(member, WS_BINARY, message.data, message.len);
      if (member->bulk_bytes == 0) member->bulk_bytes = message.len; /* one at a time: it may ask again and again */
    }
  }
  buf_deinit(&diff);
  buf_deinit(&message);
}

static void on_awareness(struct member *member, const uint8_t *update, size_t len) {
  struct room *room = member->room;
  const struct limits *limits = room->registry->limits;
  if (len > limits->awareness_max_bytes) {
    member_close(member, ROOM_CLOSE_TOO_LARGE, "the awareness message is larger than awareness_max_bytes");
    return;
  }
  const struct presence_limits allowed = {.clients = (size_t)limits->awareness_clients_max,
                                          .bytes = (size_t)limits->awareness_max_bytes};
  struct buf taken = BUF_INIT, message = BUF_INIT;
  int err = presence_take(&room->presence, member, allowed, update, len, &taken);
  if (!err) err = yproto_append_awareness(&message, taken.len ? taken.data : update, taken.len ? taken.len : len);
  if (!err && taken.len > 0) err = room_broadcast(room, NULL, message.data, message.len);
  /* A client takes a silent server for a dead one: what is news to nobody goes back to its sender. */
  if (!err && taken.len == 0) member_send(member, WS_BINARY, message.data, message.len);
  buf_deinit(&taken);
  buf_deinit(&message);
  if (err == ERR_MALFORMED)
    member_close(member, ROOM_CLOSE_MALFORMED, "the awareness message is malformed");
  else if (err == ERR_FULL)
    member_close(member, ROOM_CLOSE_TOO_FAST, "more awareness than awareness_clients_max or awareness_max_bytes allow");
  else if (err)
    member_close(member, WS_CLOSE_INTERNAL, err_text(err));
}

static void on_query(struct member *member) {
  struct buf all = BUF_INIT, message = BUF_INIT;
  int err = presence_encode(&member->room->presence, &all);
  if (!err && all.len == 0) err = buf_append_byte(&all, 0);
  if (!err) err = yproto_append_awareness(&message, all.data, all.len);
  if (!err) member_send(member, WS_BINARY, message.data, message.len);
  buf_deinit(&all);
  buf_deinit(&message);
  if (err) member_close(member, WS_CLOSE_INTERNAL, err_text(err));
}

static void on_yproto(struct member *member, const uint8_t *data, size_t len, uint64_t unix_ms) {
  struct yproto_message m;
  const char *why = NULL;
  int err = yproto_decode(data, len, &m, &why);
  if (err) {
    member_close(member, ROOM_CLOSE_MALFORMED, why ? why : "the message is malformed");
    return;
  }
  switch (m.kind) {
  case YPROTO_SYNC_STEP1: on_step1(member, m.data, m.len); break;
  case YPROTO_SYNC_STEP2:
  case YPROTO_UPDATE: on_update(member, m.data, m.len, unix_ms); break;
  case YPROTO_AWARENESS: on_awareness(member, m.data, m.len); break;
  case YPROTO_QUERY_AWARENESS: on_query(member); break;
  case YPROTO_SAVED:
    if (journal_wait(member->room, &(struct journal_waiter){.member = member, .token = m.token}))
      member_close(member, WS_CLOSE_INTERNAL, err_text(ERR_NOMEM));
    break;
  case YPROTO_AUTH:
  case YPROTO_UNKNOWN: break; /* not for us; a newer client may know more */
  }
}

void member_on_message(struct member *member, bool binary, const uint8_t *data, size_t len, uint64_t now_ms,
                       uint64_t unix_ms) {
  if (member->closing || member->room->state != ROOM_READY) return;
  if (binary != (member->kind == MEMBER_YJS)) {
    member_close(member, WS_CLOSE_UNSUPPORTED,
                 binary ? "this connection is plain text: ask for the sub-protocol yjs to send binary messages"
                        : "this connection is binary y-protocol: a text message has no meaning here");
    return;
  }
  if (!spend(member, len, now_ms)) return;
  if (binary)
    on_yproto(member, data, len, unix_ms);
  else
    plain_on_text(member, data, len, unix_ms);
  check_backlog(member); /* here and not at the end of the turn: some bytes of questions may ask for gigabytes */
}

void member_on_pong(struct member *member, const uint8_t *data, size_t len) {
  if (member->kind == MEMBER_PLAIN) plain_on_pong(member, data, len);
}

/* ---- output ---- */

int member_output_peek(struct member *member, struct iovec *iov, int max) {
  int n = outbox_peek(&member->outbox, iov, max);
  if (n == 0) member->signalled = false;
  return n;
}

void member_output_consume(struct member *member, size_t len) {
  outbox_consume(&member->outbox, len);
  if (member->bulk_bytes > member->outbox.bytes) member->bulk_bytes = member->outbox.bytes;
  if (member->outbox.bytes > 0) return;
  member->signalled = false;
  plain_drained(member);
}

size_t member_output_pending(const struct member *member) {
  return member->outbox.bytes;
}

size_t member_output_backlog(const struct member *member) {
  return member->outbox.bytes - member->bulk_bytes;
}

/* Queue what of the turn is for this member, and tell its connection. */
void member_flush(struct member *member, struct blob *turn) {
  if (turn && member->kind == MEMBER_YJS && !member->closing) {
    metric_add(member->room->registry->metrics.messages_out, member->room->turn_messages - member->skip_messages);
    size_t from = 0;
    int err = 0;
    for (size_t i = 0; i < member->skip_count && !err; i++) {
      err = outbox_push(&member->outbox, turn, from, member->skips[i].from);
      from = member->skips[i].to;
    }
    if (!err) err = outbox_push(&member->outbox, turn, from, turn->len);
    if (err) member_close(member, WS_CLOSE_INTERNAL, "the server is out of memory");
    check_backlog(member);
  }
  member->skip_count = member->skip_messages = 0;
  if (member->outbox.bytes > 0 && !member->signalled) {
    member->signalled = true;
    member->hooks->on_output(member->ctx);
  }
}
