/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_SIM_EDITOR_H
#define YOKE_TEST_SIM_EDITOR_H

#include "link.h"
#include "wire/yproto.h"

/*
 * A person with a page: a libyata document of their own, and the y-protocol spoken as y-websocket does. What the page
 * has it keeps while the connection is gone, until the person vanishes with it.
 */
struct edit;

struct editor {
  struct editor *next;
  struct sim *sim;
  size_t room;
  char name[16];
  uint64_t client_id;
  yata_doc *doc;
  struct link *link;      /* NULL: not connected */
  uint64_t away_until_ms; /* stays offline so long */
  bool reads_only;
  bool vanished;
  bool fresh;    /* has never synced */
  bool synced;   /* on this connection: has the server's state … */
  bool answered; /* … and gave its own */
  uint64_t awareness_clock;
  struct edit *edits; /* not acknowledged yet, oldest first */
  struct edit **edits_tail;
  size_t unsent; /* of them, not sent on this connection: the state that answers step 1 will hold them */
};

struct editor *editor_create(struct sim *sim, size_t room, bool reads_only);
void editor_free(struct editor *editor);
const char *editor_name(const struct editor *editor);

/** Close the connection, and do not come back for so long. */
void editor_leave(struct editor *editor, uint64_t ms);

/** Everything is sent, acknowledged and received, as far as this one knows. */
bool editor_done(const struct editor *editor);
/** Connect now if not connected; ask what is saved where something is not. */
void editor_hurry(struct editor *editor);
/** The text as this one sees it; *out is the caller's to free(). False: there is none yet. */
bool editor_text(const struct editor *editor, struct spots *out);
/** The same of any document of a room. */
bool editor_text_of(yata_doc *doc, struct spots *out);

/* From the link. */
void editor_on_open(struct editor *editor);
void editor_on_message(struct editor *editor, const struct yproto_message *m);
void editor_on_gone(struct editor *editor);

#endif
