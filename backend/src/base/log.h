/* SPDX-License-Identifier: MIT */
#ifndef YOKE_BASE_LOG_H
#define YOKE_BASE_LOG_H

#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
enum log_format { LOG_TEXT, LOG_JSON };

/** What a line is about; either field may be empty (NULL, 0). */
struct log_about {
  const char *room; /* room id, borrowed for the call */
  uint64_t conn;    /* connection id, 0: none */
};

/**
 * Set the sink once, before threads start. The logger is the only
 * process-wide state of the server. @fd is borrowed for the process' life.
 */
void log_init(int fd, enum log_level min, enum log_format format);

/** 0, or ERR_INVALID for an unknown name ("debug", "info", "warn", "error"). */
int log_level_parse(const char *name, enum log_level *out);
int log_format_parse(const char *name, enum log_format *out);

/**
 * Write one line: time, level, source file and line, room, connection, text.
 * Thread-safe; one write(2) a line. Control characters in the text are escaped
 * so that a client's bytes cannot forge a line.
 */
void log_write(enum log_level level, const char *file, int line, struct log_about about, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

#define log_debug(about, ...) log_write(LOG_DEBUG, __FILE__, __LINE__, about, __VA_ARGS__)
#define log_info(about, ...) log_write(LOG_INFO, __FILE__, __LINE__, about, __VA_ARGS__)
#define log_warn(about, ...) log_write(LOG_WARN, __FILE__, __LINE__, about, __VA_ARGS__)
#define log_error(about, ...) log_write(LOG_ERROR, __FILE__, __LINE__, about, __VA_ARGS__)

/** A line about nothing in particular / about a room / about a connection. */
#define LOG_NONE ((struct log_about){0})
#define LOG_ROOM(id) ((struct log_about){.room = (id)})
#define LOG_CONN(id, conn_id) ((struct log_about){.room = (id), .conn = (conn_id)})

#endif
