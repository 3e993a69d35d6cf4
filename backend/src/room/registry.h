/* SPDX-License-Identifier: MIT */
#ifndef YOKE_ROOM_REGISTRY_H
#define YOKE_ROOM_REGISTRY_H

#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/metrics.h"
#include "port/store.h"
#include "room/room.h"

/*
 * All rooms of this server: loads them on demand, unloads them when empty,
 * creates, lists and deletes. Completions run on the loop thread, exactly once,
 * never before the call returns.
 */
struct registry;

struct registry_options {
  struct store *store;         /* borrowed */
  struct metrics *metrics;     /* borrowed, may be NULL */
  const struct limits *limits; /* borrowed */
  /** A room has output: call registry_flush() at the end of this turn. */
  void (*on_dirty)(void *ctx);
  void *ctx;
  uint64_t (*now_us)(void); /* for the histogram of apply times alone; NULL: not measured */
};

MUST_USE int registry_create(const struct registry_options *options, struct registry **out);
/** Every member must have left. Outstanding completions are called with ERR_CANCELLED. */
void registry_destroy(struct registry *registry);

/**
 * Hand each changed room's output to its members; call at the end of a loop turn.
 * Returns in how many ms to call again for large rooms that gather their output, 0: when on_dirty says so.
 */
uint64_t registry_flush(struct registry *registry, uint64_t now_ms);
/** Housekeeping about once a second: unload idle rooms, compact, forget old bases. */
void registry_tick(struct registry *registry, uint64_t now_ms, uint64_t unix_ms);

struct room_spec {
  const char *name;     /* "" allowed: a default is chosen */
  const char *language; /* "" : plaintext */
  const uint8_t *code;
  size_t code_len; /* valid UTF-8, may be empty */
  const char *owner_name, *owner_mail;
};

typedef void (*registry_info_fn)(void *ctx, int err, const struct room_info *info);
typedef void (*registry_room_fn)(void *ctx, int err, struct room *room);
typedef void (*registry_list_fn)(void *ctx, int err, const struct room_info *rooms, size_t count);
typedef void (*registry_done_fn)(void *ctx, int err);

/** Create a room with its main file; completes once it is on disk. ERR_FULL, ERR_UNAVAILABLE, ERR_TOO_LARGE, ERR_NOMEM.
 */
MUST_USE int registry_create_room(struct registry *registry, const struct room_spec *spec, uint64_t unix_ms,
                                  registry_info_fn done, void *ctx);

/**
 * Open a room, loading it first when needed; on success it is pinned for the
 * caller until registry_release(). Completes with ERR_NOT_FOUND,
 * ERR_UNAVAILABLE, ERR_CORRUPT, ERR_FULL (rooms_loaded_max), ERR_NOMEM.
 */
MUST_USE int registry_open(struct registry *registry, const char *room_id, registry_room_fn done, void *ctx);
void registry_release(struct registry *registry, struct room *room, uint64_t now_ms);
/** During a completion with ERR_CORRUPT: what of the room is damaged, for people to read; otherwise NULL. */
const char *registry_reason(const struct registry *registry);

/** Rooms created by this mail, newest change first. */
MUST_USE int registry_list(struct registry *registry, const char *mail, size_t max, registry_list_fn done, void *ctx);

/** Delete for everybody; members are closed with 4404. ERR_NOT_FOUND, ERR_DENIED (mail is not the creator's),
 * ERR_UNAVAILABLE. */
MUST_USE int registry_delete_room(struct registry *registry, const char *room_id, const char *mail,
                                  registry_done_fn done, void *ctx);

/** Rename and/or set the language (NULL: unchanged); completes once on disk, with the new info. */
MUST_USE int registry_update_room(struct registry *registry, const char *room_id, const char *name,
                                  const char *language, const char *author, uint64_t now_ms, uint64_t unix_ms,
                                  registry_info_fn done, void *ctx);

/**
 * Stop: nothing is opened any more; every member gets what is committed
 * acknowledged and is then closed with 1001. Completes when everything accepted
 * is on disk; until then registry_tick() goes on trying. The caller holds the
 * deadline.
 */
void registry_shutdown(struct registry *registry, registry_done_fn done, void *ctx);

struct registry_stats {
  size_t rooms_loaded, members;
};
void registry_stats(const struct registry *registry, struct registry_stats *out);

/** A well-formed id: 16..STORE_ROOM_ID_MAX of [A-Za-z0-9_-]. Anything else cannot name a room (404). */
bool registry_id_valid(const char *room_id);

#endif
