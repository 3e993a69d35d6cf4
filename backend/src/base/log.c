/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/utf8.h"

enum {
  MESSAGE_MAX_BYTES = 4096,                     /* a longer text is cut */
  LINE_MAX_BYTES = 6 * MESSAGE_MAX_BYTES + 1024 /* each byte may become \u00xx */
};

/* The logger is the only state of the process; written before threads start. */
static struct {
  int fd;
  enum log_level min;
  enum log_format format;
} sink = {.fd = STDERR_FILENO, .min = LOG_INFO, .format = LOG_TEXT};

static const char *const level_names[] = {"debug", "info", "warn", "error"};
static const char *const level_words[] = {"DEBUG", "INFO ", "WARN ", "ERROR"};

void log_init(int fd, enum log_level min, enum log_format format) {
  sink.fd = fd;
  sink.min = min;
  sink.format = format;
}

int log_level_parse(const char *name, enum log_level *out) {
  for (size_t i = 0; i < sizeof(level_names) / sizeof(level_names[0]); i++) {
    if (strcmp(name, level_names[i]) == 0) {
      *out = (enum log_level)i;
      return 0;
    }
  }
  return ERR_INVALID;
}

int log_format_parse(const char *name, enum log_format *out) {
  if (strcmp(name, "text") == 0) {
    *out = LOG_TEXT;
  } else if (strcmp(name, "json") == 0) {
    *out = LOG_JSON;
  } else {
    return ERR_INVALID;
  }
  return 0;
}

struct line {
  size_t len;
  char text[LINE_MAX_BYTES];
};

static void line_put(struct line *l, const char *text, size_t len) {
  size_t room = sizeof(l->text) - 1 - l->len; /* one byte stays for the newline */
  if (len > room) len = room;
  memcpy(l->text + l->len, text, len);
  l->len += len;
}

__attribute__((format(printf, 2, 3))) static void line_printf(struct line *l, const char *format, ...) {
  char text[128];
  va_list args;
  va_start(args, format);
  int len = vsnprintf(text, sizeof(text), format, args);
  va_end(args);
  if (len > 0) line_put(l, text, (size_t)len < sizeof(text) ? (size_t)len : sizeof(text) - 1);
}

/* Bytes of the character at the start of @text, or 0 if it is not UTF-8. */
static size_t char_len(const char *text) {
  struct utf8_state s = {0};
  for (size_t i = 0; text[i] && i < 4; i++) {
    uint8_t byte = (uint8_t)text[i];
    if (!utf8_feed(&s, &byte, 1)) return 0;
    if (utf8_complete(&s)) return i + 1;
  }
  return 0;
}

/* C0, DEL and C1: what a terminal could take as a command. */
static bool is_control(const char *text, size_t len) {
  const uint8_t *b = (const uint8_t *)text;
  return b[0] < 0x20 || b[0] == 0x7f || (len == 2 && b[0] == 0xc2 && b[1] < 0xa0);
}

/* Append @text so that it stays on one line, and in JSON within its quotes. */
static void line_escape(struct line *l, const char *text, bool json) {
  while (*text) {
    size_t len = char_len(text);
    const uint8_t *b = (const uint8_t *)text;
    if (len == 0) {
      if (json) {
        line_printf(l, "\\ufffd");
      } else {
        line_printf(l, "\\x%02x", b[0]);
      }
      text++;
      continue;
    }
    if (is_control(text, len)) {
      line_printf(l, json ? "\\u%04x" : "\\x%02x", len == 2 ? b[1] : b[0]);
    } else if (json && (*text == '"' || *text == '\\')) {
      line_printf(l, "\\%c", *text);
    } else {
      line_put(l, text, len);
    }
    text += len;
  }
}

/* __FILE__ from the source root on, whatever folder the build ran in. */
static const char *source_path(const char *file) {
  const char *found = file;
  for (const char *at = file; (at = strstr(at, "backend/")) != NULL; at++) found = at;
  return found;
}

static void format_text(struct line *l, const char *time, enum log_level level, const char *file, int line,
                        struct log_about about, const char *message) {
  line_printf(l, "%s %s ", time, level_words[level]);
  line_escape(l, source_path(file), false);
  line_printf(l, ":%d ", line);
  if (about.room || about.conn) {
    line_put(l, "[", 1);
    if (about.room) {
      line_put(l, "room=", 5);
      line_escape(l, about.room, false);
    }
    if (about.conn) line_printf(l, "%sconn=%" PRIu64, about.room ? " " : "", about.conn);
    line_put(l, "] ", 2);
  }
  line_escape(l, message, false);
}

static void format_json(struct line *l, const char *time, enum log_level level, const char *file, int line,
                        struct log_about about, const char *message) {
  line_printf(l, "{\"time\":\"%s\",\"level\":\"%s\",\"file\":\"", time, level_names[level]);
  line_escape(l, source_path(file), true);
  line_printf(l, "\",\"line\":%d", line);
  if (about.room) {
    line_printf(l, ",\"room\":\"");
    line_escape(l, about.room, true);
    line_put(l, "\"", 1);
  }
  if (about.conn) line_printf(l, ",\"conn\":%" PRIu64, about.conn);
  line_printf(l, ",\"message\":\"");
  line_escape(l, message, true);
  line_put(l, "\"}", 2);
}

/* A full pipe or disk must not stop the server: what cannot be written is lost. */
static void write_all(int fd, const char *text, size_t len) {
  while (len > 0) {
    ssize_t done = write(fd, text, len);
    if (done < 0) {
      if (errno == EINTR) continue;
      return;
    }
    text += done;
    len -= (size_t)done;
  }
}

void log_write(enum log_level level, const char *file, int line, struct log_about about, const char *format, ...) {
  if (level < sink.min) return;
  int saved_errno = errno;
  char message[MESSAGE_MAX_BYTES];
  va_list args;
  va_start(args, format);
  int len = vsnprintf(message, sizeof(message), format, args);
  va_end(args);
  if (len < 0) message[0] = '\0';
  if (len >= (int)sizeof(message)) memcpy(message + sizeof(message) - 6, "[cut]", 6);

  char time[25];
  clock_iso8601(clock_unix_ms(), time);
  struct line l;
  l.len = 0;
  if (sink.format == LOG_JSON) {
    format_json(&l, time, level, file, line, about, message);
  } else {
    format_text(&l, time, level, file, line, about, message);
  }
  l.text[l.len++] = '\n';
  write_all(sink.fd, l.text, l.len);
  errno = saved_errno;
}
