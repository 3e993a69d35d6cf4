/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_SESSION_STATE_H
#define YOKE_NET_SESSION_STATE_H

/* What the files of a session share: session.c its life, session_read.c, session_write.c, session_close.c. For no
 * other. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/loop.h"
#include "net/frame_cursor.h"
#include "net/session.h"
#include "net/transport.h"
#include "port/store.h"
#include "wire/ws_frame.h"

#define SESSION_READ_BYTES 65536 /* at most so many a turn and connection */

struct session {
  struct sessions *all;
  struct session *prev, *next;           /* in all->first .. last: longest silent first, while listed */
  struct session *work_prev, *work_next; /* all->work while in_work */
  struct transport transport;            /* ops NULL until started */
  struct loop_watch *watch;
  struct member *member; /* NULL once the room was left */
  struct ws_decoder decoder;
  struct buf control;         /* our own frames, to go out between two of the room's */
  struct frame_cursor cursor; /* of the room's output as written */
  uint64_t id;
  uint64_t heard_ms, pinged_ms;
  uint32_t read_bytes; /* at most so many a turn: less while they are costly to work on */
  uint64_t closing_ms; /* when closing began */
  uint16_t close_code;
  uint8_t close_frame[WS_CLOSE_FRAME_MAX_BYTES]; /* here and not in control: to say why must not need memory */
  uint8_t close_len, close_sent;                 /* of it */
  char room_id[STORE_ROOM_ID_MAX + 1];
  bool listed, in_work;
  bool blocked;      /* the socket takes no more: LOOP_WRITE is watched */
  bool closing;      /* nothing of the peer's messages counts any more */
  bool close_queued; /* the close frame goes out behind control; the room was left */
  bool peer_closed;  /* its close frame came */
  bool finished;     /* our side of the connection is shut: only reading until the peer ends it too */
  bool dead;         /* the socket is of no use: free at the end of the turn */
};

struct sessions {
  struct net_ctx *net;
  struct session *first, *last; /* by heard_ms */
  struct session *work;         /* to be stepped at the end of the turn */
  struct loop_defer *defer;
  uint8_t input[SESSION_READ_BYTES]; /* shared: idle connections keep no read buffer */
};

/** What log lines are about. */
static inline struct log_about session_about(const struct session *s) {
  return LOG_CONN(s->room_id, s->id);
}

/* ---- life (session.c) ---- */

/** Something came from the peer: it is the last in the list of the silent now. */
void session_heard(struct session *s, uint64_t now_ms);
/**
 * Look at @s at the end of this turn: write, go on with closing, free it when it is dead. A started session is freed
 * nowhere else while the server runs: whoever runs before may still hold it.
 */
void session_want_step(struct session *s);

/* ---- what the peer sends (session_read.c) ---- */

/** The watch's callback; @ctx is the session. */
void session_on_ready(void *ctx, unsigned ready);
/** Bytes from the peer, unmasked in place; they end up at the member, or close the session. */
void session_take_bytes(struct session *s, uint8_t *in, size_t len, uint64_t now_ms);

/* ---- what it is sent (session_write.c) ---- */

/**
 * Write what there is until all is out or the socket takes no more: our own frames, the room's output, the close
 * frame. Runs inside the room's hooks: does not leave the room.
 */
void session_write_out(struct session *s);
/**
 * Take the rest of the room's frame that is half out, if there is one, to go in front of our own frames: the room can
 * then be left. ERR_NOMEM, ERR_TOO_LARGE (a rest past 1 MB), ERR_IO (it is not all there): no frame can follow any
 * more, let the session die.
 */
MUST_USE int session_take_frame_rest(struct session *s);

/* ---- its end (session_close.c) ---- */

/** The socket is of no use: free the session at the end of the turn, without a word to the peer. */
void session_die(struct session *s);
/**
 * Say @code and @reason to the peer once what the room has for it is out. Needs no memory. The first call counts;
 * @reason is copied.
 */
void session_close(struct session *s, uint16_t code, const char *reason);
/** Out of the room, with whatever it had still to send. Not inside the room's hooks. */
void session_leave(struct session *s);
/**
 * The peer reads too slowly when more than outbox_max_bytes wait: finish the frame that is half out, leave the room,
 * and say 1013. Not inside the room's hooks.
 */
void session_check_backlog(struct session *s);
/** Take the next step of a closing that can be taken now; may leave the room, or declare the session dead. */
void session_go_on_closing(struct session *s);

#endif
