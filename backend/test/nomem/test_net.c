/* SPDX-License-Identifier: MIT */
/*
 * Out of memory, from the socket on: a server is started, requests come over
 * the API, connections become WebSockets, people sync, edit and save, the room
 * is compacted, looked back on, unloaded and loaded, the server stopped; with
 * the nth allocation of our own code failing (or several from there on). Who is
 * turned away is told why, and gets in the next time; who has nothing to do
 * with it notices nothing; what was acknowledged is there when all is over.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doc.h"
#include "lives.h"
#include "peer.h"
#include "room/state.h"

enum { EDITS = 6 };

/* Those who take part. */
struct cast {
  struct host host;
  char room[STORE_ROOM_ID_MAX + 1], other_room[STORE_ROOM_ID_MAX + 1];
  struct peer ann, bob, plain;
  struct peer away;  /* in the other room: what happens here is nothing to him */
  uint64_t newcomer; /* numbers of those who come once */
  bool looked;       /* somebody came after memory had run out */
};

/* The API -------------------------------------------------------------------------- */

/** Ask, check the status, and give the answer. */
static struct reply get(struct cast *c, const char *method, const char *path, const char *body, int status) {
  struct reply reply;
  const struct ask ask = {.method = method,
                          .path = path,
                          .headers = body && body[0] == '{' ? "Content-Type: application/json\r\n" : NULL,
                          .body = body};
  peer_ask(&c->host, &ask, &reply);
  CHECK(reply.status == status, "%s %s: %d %s", method, path, reply.status,
        reply.body.len ? (const char *)reply.body.data : "");
  return reply;
}

static void expect(struct cast *c, const char *method, const char *path, const char *body, int status,
                   const char *part) {
  struct reply reply = get(c, method, path, body, status);
  CHECK(!part || (reply.body.len && strstr((const char *)reply.body.data, part)), "%s %s does not say %s: %s", method,
        path, part ? part : "", reply.body.len ? (const char *)reply.body.data : "");
  reply_deinit(&reply);
}

static void make_room(struct cast *c, char id[static STORE_ROOM_ID_MAX + 1]) {
  struct reply reply =
      get(c, "POST", "/api/v1/rooms", "{\"name\":\"A room\",\"language\":\"c\",\"code\":\"int main;\"}", 201);
  const char *at = reply.body.len ? strstr((const char *)reply.body.data, "\"room_id\":\"") : NULL;
  if (!at || sscanf(at + 11, "%64[A-Za-z0-9_-]", id) != 1) abort();
  CHECK(strstr(reply.head, "Location: /api/v1/rooms/"), "a new room without its address");
  reply_deinit(&reply);
}

static void knock(struct cast *c) {
  struct reply reply;
  const struct ask twice = {.method = "GET", .path = "/api/v1/health", .again = 2};
  peer_ask(&c->host, &twice, &reply);
  CHECK(reply.status == 200, "health: %d %s", reply.status, (const char *)reply.body.data);
  reply_deinit(&reply);
  expect(c, "GET", "/api/v1/rooms/nobody-knows-this-room", NULL, 404, "There is no such room");
  peer_ask(&c->host, &(struct ask){.method = "GET", .path = "/", .headers = "Content-Length: many\r\n"}, &reply);
  CHECK(reply.status == 400, "a malformed request: %d %s", reply.status, (const char *)reply.body.data);
  reply_deinit(&reply);
  peer_ask(&c->host, &(struct ask){.method = "GET", .path = "/"}, &reply);
  CHECK(reply.status == 200 && strstr(reply.head, "script-src"), "the page: %d %s", reply.status, reply.head);
  reply_deinit(&reply);
  expect(c, "GET", "/metrics", NULL, 200, "yoke_connections");
  expect(c, "POST", "/api/v1/autocomplete", "{\"code\":\"int main\",\"cursorPosition\":7,\"language\":\"c\"}", 200,
         "suggestions");
}

static void use_files(struct cast *c) {
  char path[160], there[160], list[160];
  snprintf(path, sizeof path, "/api/v1/rooms/%s/files/notes.md", c->room);
  snprintf(there, sizeof there, "/api/v1/rooms/%s", c->room);
  snprintf(list, sizeof list, "/api/v1/rooms/%s/files", c->room);
  struct reply reply;
  peer_ask(&c->host, &(struct ask){.method = "PUT", .path = path, .body = "# notes\n"}, &reply);
  CHECK(reply.status == 201 || (reply.status == 204 && nomem_failed_in(PART_REST)), "writing: %d", reply.status);
  CHECK(reply.status != 201 || strstr(reply.head, "/files/notes.md"), "a new file without its address");
  reply_deinit(&reply);
  expect(c, "GET", path, NULL, 200, "# notes\n");
  expect(c, "GET", list, NULL, 200, "notes.md");
  expect(c, "PATCH", there, "{\"name\":\"Another name\"}", 200, "Another name");
  expect(c, "GET", "/api/v1/rooms", NULL, 200, "Another name");
  expect(c, "GET", there, NULL, 200, "Another name");
  snprintf(path, sizeof path, "/api/v1/rooms/%s/files/gone.md", c->room);
  peer_ask(&c->host, &(struct ask){.method = "PUT", .path = path, .body = "gone"}, &reply);
  CHECK(reply.status == 201 || (reply.status == 204 && nomem_failed_in(PART_REST)), "writing: %d", reply.status);
  reply_deinit(&reply);
  peer_ask(&c->host, &(struct ask){.method = "DELETE", .path = path}, &reply);
  CHECK(reply.status == 204 || (reply.status == 404 && nomem_failed_in(PART_REST)), "deleting: %d", reply.status);
  reply_deinit(&reply);
}

static void look_back(struct cast *c) {
  char path[160];
  snprintf(path, sizeof path, "/api/v1/rooms/%s/history", c->room);
  struct reply reply = get(c, "GET", path, NULL, 200);
  const char *at = reply.body.len ? strstr((const char *)reply.body.data, "\"seq\":") : NULL;
  unsigned long long seq = at ? strtoull(at + 6, NULL, 10) : 0;
  const char *const authors[] = {"\"Ann 1\"", "\"Ann 2\"", "\"Ann\""}; /* two connections, and the API */
  for (size_t i = 0; i < 3 && at; i++)
    CHECK(strstr((const char *)reply.body.data, authors[i]), "the history does not know %s: %s", authors[i],
          (const char *)reply.body.data);
  reply_deinit(&reply);
  CHECK(seq, "the history has no moment");
  snprintf(path, sizeof path, "/api/v1/rooms/%s/history/%llu", c->room, seq);
  expect(c, "GET", path, NULL, 200, "\"files\"");
  snprintf(path, sizeof path, "/api/v1/rooms/%s/history/%llu/restore", c->room, seq);
  expect(c, "POST", path, "", 200, "\"files\"");
}

/* Everybody has the same --------------------------------------------------------------- */

static bool same_text(struct peer *a, struct peer *b) {
  char *x = doc_text(a->doc), *y = doc_text(b->doc);
  bool same = strcmp(x, y) == 0;
  free(x);
  free(y);
  return same;
}

static void converge(struct cast *c, struct peer *a, struct peer *b) {
  for (int i = 0; i < 5; i++) {
    peer_save(a);
    peer_save(b);
    if (same_text(a, b)) break;
  }
  CHECK(same_text(a, b), "two have different texts");
  struct room *room = registry_find(c->host.registry, a->room);
  CHECK(room && yata_doc_check(room->document.doc) == 0, "the room's document is broken");
}

/** Somebody new gets in, and sees what the others see. */
static void newcomer_sees(struct cast *c, struct peer *known) {
  struct peer p;
  peer_init(&p, &c->host, known->room, false, 20 + c->newcomer++ % 100);
  peer_connect(&p);
  CHECK(same_text(&p, known), "a newcomer sees another text");
  CHECK(!known->kept || !doc_changes(p.doc, known->kept), "what was acknowledged is not there");
  peer_leave(&p);
  peer_deinit(&p);
}

/** The first time that memory has run out and come back. */
static void look_at_once(struct cast *c) {
  if (c->looked || !nomem_failed() || !nomem_over()) return;
  c->looked = true;
  if (!c->ann.doc || !doc_has_main(c->ann.doc)) return;
  peer_save(&c->ann);
  newcomer_sees(c, &c->ann);
}

/* Parts of the life ------------------------------------------------------------------ */

static void begin(struct cast *c, enum nomem_part part) {
  CHECK(!c->away.open || peer_alive(&c->away), "who is in another room was closed");
  look_at_once(c);
  nomem_part(part);
}

/* What only one connection does: the others must not feel it. */

struct others {
  struct peer *peer[3];
  bool open[3];
};

static struct others others_before(struct cast *c) {
  struct others o = {.peer = {&c->ann, &c->bob, &c->plain}};
  bool calm = !nomem_failed(); /* else what failed before may still be on its way */
  for (size_t i = 0; i < 3; i++) o.open[i] = calm && o.peer[i]->open && peer_alive(o.peer[i]);
  return o;
}

static void others_after(struct others *o) {
  for (size_t i = 0; i < 3; i++) CHECK(!o->open[i] || peer_alive(o->peer[i]), "another connection was closed");
}

static void knock_beside(struct cast *c) {
  begin(c, PART_CONNECT);
  struct others others = others_before(c);
  knock(c);
  others_after(&others);
}

static void come(struct cast *c) {
  begin(c, PART_UPGRADE);
  peer_connect(&c->bob);
  struct others others = others_before(c);
  peer_connect(&c->ann);
  peer_connect(&c->plain);
  peer_cut(&c->plain); /* gone without a word */
  for (int i = 0; i < 5; i++) host_turn(&c->host);
  peer_connect(&c->plain);
  others_after(&others);
  begin(c, PART_SYNC);
  converge(c, &c->ann, &c->bob);
  peer_aware(&c->ann);
  peer_aware(&c->bob);
}

static void type(struct cast *c) {
  for (uint32_t i = 0; i < EDITS; i++) {
    char word[24];
    snprintf(word, sizeof word, "<%u>", i);
    begin(c, PART_EDIT);
    peer_edit(&c->ann, i * 2, i % 4 == 3 ? NULL : word, i % 4 == 3 ? 3 : 0);
    peer_edit(&c->bob, i, "b", 0);
    peer_ping(&c->bob);
    begin(c, PART_SAVE);
    if (i % 3 == 0) peer_save(&c->ann);
  }
  begin(c, PART_EDIT);
  peer_say(&c->plain, "plain text");
  peer_connect(&c->plain);
  begin(c, PART_SYNC);
  converge(c, &c->ann, &c->bob);
}

static void use_api(struct cast *c) {
  begin(c, PART_REST);
  use_files(c);
  begin(c, PART_COMPACT);
  for (int i = 0; i < 3; i++) host_tick(&c->host, 1);
  begin(c, PART_HISTORY);
  look_back(c);
  begin(c, PART_SYNC);
  converge(c, &c->ann, &c->bob);
}

static void go_and_come_back(struct cast *c) {
  struct registry_stats stats = {2, 0};
  begin(c, PART_UNLOAD);
  peer_leave(&c->bob);
  peer_leave(&c->plain);
  if (peer_alive(&c->ann)) peer_leave(&c->ann);
  for (int i = 0; i < 100 && stats.rooms_loaded > 1; i++) {
    host_tick(&c->host, 2000);
    registry_stats(c->host.registry, &stats);
  }
  CHECK(stats.rooms_loaded == 1, "an empty room is not unloaded");
  begin(c, PART_LOAD);
  peer_connect(&c->bob);
  begin(c, PART_SYNC);
  converge(c, &c->ann, &c->bob);
}

static void work_elsewhere(struct cast *c) {
  begin(c, PART_SYNC);
  peer_connect(&c->away);
  peer_edit(&c->away, 0, "away ", 0);
  peer_save(&c->away);
}

/** Without anything failing, by another server: is all of it there? */
static void look_afterwards(struct cast *c, struct place *place) {
  host_open(&c->host, place);
  peer_connect(&c->ann);
  converge(c, &c->ann, &c->bob);
  newcomer_sees(c, &c->ann);
  newcomer_sees(c, &c->away);
  peer_leave(&c->ann);
  peer_leave(&c->bob);
  host_close(&c->host);
}

static void leave_all(struct cast *c) {
  struct peer *all[] = {&c->ann, &c->bob, &c->plain, &c->away};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (all[i]->open && peer_alive(all[i])) peer_leave(all[i]);
  for (int i = 0; i < 5; i++) host_turn(&c->host);
  CHECK(server_connections(c->host.server) == 0, "%zu connections are counted that are none",
        server_connections(c->host.server));
}

static void live(struct place *place) {
  static struct cast c;
  c = (struct cast){.newcomer = 0};
  host_open(&c.host, place);
  begin(&c, PART_CONNECT);
  knock(&c);
  begin(&c, PART_REST);
  make_room(&c, c.room);
  make_room(&c, c.other_room);
  peer_init(&c.ann, &c.host, c.room, false, 1);
  peer_init(&c.bob, &c.host, c.room, false, 2);
  peer_init(&c.plain, &c.host, c.room, true, 3);
  peer_init(&c.away, &c.host, c.other_room, false, 4);
  work_elsewhere(&c);
  come(&c);
  type(&c);
  use_api(&c);
  knock_beside(&c);
  go_and_come_back(&c);
  work_elsewhere(&c);
  begin(&c, PART_STOP);
  leave_all(&c);
  host_close(&c.host);
  nomem_end();
  look_afterwards(&c, place);
  peer_deinit(&c.ann);
  peer_deinit(&c.bob);
  peer_deinit(&c.plain);
  peer_deinit(&c.away);
}

int main(int argc, char **argv) {
  static const enum nomem_part parts[] = {PART_START, PART_CONNECT, PART_UPGRADE, PART_SYNC,   PART_EDIT, PART_SAVE,
                                          PART_REST,  PART_COMPACT, PART_HISTORY, PART_UNLOAD, PART_LOAD, PART_STOP};
  static const struct lives lives = {"whoever cannot be served for lack of memory is told so, and loses nothing", live,
                                     parts, sizeof parts / sizeof *parts};
  return lives_main(&lives, argc, argv);
}
