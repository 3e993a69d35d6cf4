/* SPDX-License-Identifier: MIT */
#ifndef YOKE_BASE_ERR_H
#define YOKE_BASE_ERR_H

/*
 * The one table of errors. Functions return 0 or one of these negative values;
 * results go through out-pointers. "Not found", "I/O", "malformed" and "full"
 * are never merged into one.
 */
#define ERR_TABLE(X)                                                                                                   \
  X(ERR_NOMEM, -1, "out of memory")                                                                                    \
  X(ERR_INVALID, -2, "invalid argument")                                                                               \
  X(ERR_MALFORMED, -3, "malformed input")                                                                              \
  X(ERR_TOO_LARGE, -4, "larger than the limit")                                                                        \
  X(ERR_NOT_FOUND, -5, "not found")                                                                                    \
  X(ERR_EXISTS, -6, "exists already")                                                                                  \
  X(ERR_DENIED, -7, "not allowed")                                                                                     \
  X(ERR_FULL, -8, "a limit is reached")                                                                                \
  X(ERR_IO, -9, "input/output error")                                                                                  \
  X(ERR_UNAVAILABLE, -10, "temporarily unavailable")                                                                   \
  X(ERR_CORRUPT, -11, "stored data is damaged")                                                                        \
  X(ERR_CONFLICT, -12, "conflict")                                                                                     \
  X(ERR_TIMEOUT, -13, "timed out")                                                                                     \
  X(ERR_CANCELLED, -14, "cancelled")                                                                                   \
  X(ERR_AGAIN, -15, "more input is needed")                                                                            \
  X(ERR_PROTOCOL, -16, "protocol violation")                                                                           \
  X(ERR_BUSY, -17, "busy: in use by another process")

enum err {
#define ERR_ENUM(name, value, text) name = (value),
  ERR_TABLE(ERR_ENUM)
#undef ERR_ENUM
};

#define MUST_USE __attribute__((warn_unused_result))

/** The text of an error from the table above; a static string, never NULL. */
const char *err_text(int err);

#endif
