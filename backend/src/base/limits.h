/* SPDX-License-Identifier: MIT */
#ifndef YOKE_BASE_LIMITS_H
#define YOKE_BASE_LIMITS_H

#include <stdint.h>

/*
 * Every limit of the server: X(field, default, least, most, what happens past it).
 * In config.json they stand under "limits" by these names; as environment
 * variables YOKE_LIMIT_<FIELD>. docs/limits.md is checked against this table.
 */
#define LIMITS_TABLE(X)                                                                                                \
  X(header_max_bytes, 16384, 1024, 1048576, "HTTP header too large: 400")                                              \
  X(header_timeout_ms, 10000, 100, 600000, "request header or body not complete in time: closed")                      \
  X(body_max_bytes, 2097152, 1024, 1073741824, "request body too large: 413")                                          \
  X(message_max_bytes, 16777216, 1024, 1073741824, "WebSocket message too large: close 1009")                          \
  X(document_max_bytes, 67108864, 4096, 4294967295, "update would make the room too large: close 4413; REST 413")      \
  X(pending_max_bytes, 8388608, 1024, 1073741824, "updates waiting for missing ones exceed it: close 4409")            \
  X(merge_steps_max, 8388608, 1024, 4294967295, "update would take too long to merge: close 4409")                     \
  X(connections_max, 20000, 1, 1000000, "connection refused: 503")                                                     \
  X(rooms_max, 1000000, 1, 1000000000, "room not created: 507")                                                        \
  X(rooms_loaded_max, 10000, 1, 1000000, "room not opened: 503")                                                       \
  X(files_max, 1000, 1, 100000, "file not created over REST: 409")                                                     \
  X(members_max, 200, 1, 100000, "member of a room refused: 503")                                                      \
  X(path_max_bytes, 255, 16, 4096, "file path too long: 422")                                                          \
  X(name_max_chars, 120, 1, 1000, "room or user name too long: 422")                                                   \
  X(awareness_max_bytes, 65536, 256, 16777216,                                                                         \
    "awareness message too large: close 4413; states of one connection together: 4429")                                \
  X(awareness_clients_max, 16, 1, 1000, "awareness client ids of one connection: close 4429")                          \
  X(messages_per_second, 500, 1, 1000000, "sustained messages of one connection: close 4429")                          \
  X(messages_burst, 5000, 1, 10000000, "messages of one connection at once: close 4429")                               \
  X(bytes_per_second, 8388608, 1024, 10737418240, "sustained bytes of one connection: close 4429")                     \
  X(bytes_burst, 134217728, 1024, 10737418240, "bytes of one connection at once: close 4429")                          \
  X(outbox_max_bytes, 33554432, 65536, 10737418240, "slow reader: close 1013")                                         \
  X(store_backlog_max_bytes, 268435456, 65536, 10737418240, "edits waiting for the store: close 1013, REST 503")       \
  X(store_timeout_ms, 5000, 100, 600000, "store does not answer a read: 503")                                          \
  X(ping_interval_ms, 25000, 1000, 3600000, "silent connection is pinged")                                             \
  X(ping_timeout_ms, 60000, 1000, 3600000, "nothing heard for this long: closed")                                      \
  X(room_idle_ms, 30000, 0, 86400000, "empty room is unloaded after this long")                                        \
  X(compact_rows, 500, 8, 1000000, "log rows of a room before it is compacted")                                        \
  X(history_keep_bytes, 16777216, 1024, 1099511627776, "larger history of a room: old edits are put together")         \
  X(history_keep_ms, 604800000, 0, 3153600000000, "younger history is left as it is")                                  \
  X(history_merge_ms, 60000, 1, 86400000, "edits of one author within it become one; ten times as much if need be")    \
  X(history_page_max, 1000, 1, 10000, "moments in one answer: it names the next page; more asked for: 422")            \
  X(history_replay_max_bytes, 268435456, 65536, 10737418240, "updates up to a moment larger: 413")                     \
  X(shutdown_ms, 10000, 100, 600000, "longest wait for the last commit at SIGTERM")

struct limits {
#define LIMITS_FIELD(field, value, least, most, text) uint64_t field;
  LIMITS_TABLE(LIMITS_FIELD)
#undef LIMITS_FIELD
};

#define LIMITS_DEFAULT ((struct limits){LIMITS_TABLE(LIMITS_INIT)})
#define LIMITS_INIT(field, value, least, most, text) .field = (value),

#endif
