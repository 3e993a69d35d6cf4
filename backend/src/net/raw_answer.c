/* SPDX-License-Identifier: MIT */
#include "net/raw_answer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/log.h"
#include "wire/api_error.h"

#define HEAD                                                                                                           \
  "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"                                        \
  "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
#define NO_MEMORY "{\"detail\":\"The server ran out of memory.\"}"

static void put(int fd, const void *data, size_t len) {
  if (send(fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
    log_debug(LOG_NONE, "an answer could not be sent: %s", strerror(errno));
}

void raw_answer_no_memory(int fd) {
  char out[320];
  int len = snprintf(out, sizeof(out), HEAD NO_MEMORY, 503, "Service Unavailable", sizeof(NO_MEMORY) - 1);
  put(fd, out, (size_t)len);
}

void raw_answer(int fd, int status, const char *detail) {
  struct buf body = BUF_INIT;
  struct buf out = BUF_INIT;
  if (api_detail_text(detail, &body) == 0 && buf_printf(&out, HEAD, status, "Refused", body.len) == 0 &&
      buf_append(&out, body.data, body.len) == 0)
    put(fd, out.data, out.len);
  else
    raw_answer_no_memory(fd);
  buf_deinit(&body);
  buf_deinit(&out);
}
