/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"

#define START_TIMEOUT_MS 10000
#define STOP_TIMEOUT_MS 10000
#define ARGS_MAX 32

static void pause_ms(long ms) {
  nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

static int free_port(uint16_t *port) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t len = sizeof at;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return ERR_IO;
  int bad = bind(fd, (struct sockaddr *)&at, len) || getsockname(fd, (struct sockaddr *)&at, &len);
  close(fd);
  *port = ntohs(at.sin_port);
  return bad ? ERR_IO : 0;
}

int server_connect(const struct server *server, int *fd) {
  struct sockaddr_in at = {
      .sin_family = AF_INET, .sin_port = htons(server->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  *fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (*fd < 0) return ERR_IO;
  if (connect(*fd, (struct sockaddr *)&at, sizeof at) == 0) return 0;
  close(*fd);
  *fd = -1;
  return ERR_IO;
}

/* Append @text with `{port}` and `{dir}` replaced, and a NUL. */
static int expand(struct buf *out, const struct server *server, const char *text) {
  int err = 0;
  while (!err && *text) {
    if (strncmp(text, "{port}", 6) == 0) {
      err = buf_printf(out, "%u", server->port);
      text += 6;
    } else if (strncmp(text, "{dir}", 5) == 0) {
      err = buf_append_str(out, server->dir);
      text += 5;
    } else {
      err = buf_append_byte(out, (uint8_t)*text++);
    }
  }
  return err ? err : buf_append_byte(out, 0);
}

/* In the child: never returns. */
static void run_command(const struct server *server, char *const *command) {
  struct buf words[ARGS_MAX] = {0};
  char *args[ARGS_MAX + 1] = {0};
  for (int i = 0; command[i] && i < ARGS_MAX; i++) {
    if (expand(&words[i], server, command[i])) _exit(126);
    args[i] = (char *)words[i].data;
  }
  char port[8];
  snprintf(port, sizeof port, "%u", server->port);
  setenv("PORT", port, 1);
  setenv("HOST", "127.0.0.1", 1);
  prctl(PR_SET_PDEATHSIG, SIGTERM); /* never outlives the load */
  if (chdir(server->dir) != 0) _exit(126);
  int log = open("server.log", O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (log < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0) _exit(126);
  execvp(args[0], args);
  fprintf(stderr, "%s: %s\n", args[0], strerror(errno));
  _exit(127);
}

static void show_log(const struct server *server) {
  char path[96], line[512];
  snprintf(path, sizeof path, "%s/server.log", server->dir);
  FILE *log = fopen(path, "r");
  while (log && fgets(line, sizeof line, log)) fputs(line, stderr);
  if (log) fclose(log);
}

int server_start(char *const *command, struct server *out) {
  *out = (struct server){0};
  const char *tmp = getenv("TMPDIR");
  snprintf(out->dir, sizeof out->dir, "%.40s/yoke-bench-XXXXXX", tmp && *tmp ? tmp : "/tmp");
  if (!mkdtemp(out->dir) || free_port(&out->port)) return ERR_IO;
  fflush(NULL);
  out->pid = fork();
  if (out->pid < 0) return ERR_IO;
  if (out->pid == 0) run_command(out, command);
  for (int waited = 0; waited < START_TIMEOUT_MS; waited += 20) {
    int fd;
    if (server_connect(out, &fd) == 0) {
      close(fd);
      return 0;
    }
    if (waitpid(out->pid, NULL, WNOHANG) == out->pid) {
      out->pid = 0;
      break;
    }
    pause_ms(20);
  }
  show_log(out);
  server_stop(out);
  return ERR_TIMEOUT;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *at) {
  (void)info, (void)kind, (void)at;
  return remove(path);
}

void server_stop(struct server *server) {
  if (server->pid > 0) {
    kill(server->pid, SIGTERM);
    int waited = 0;
    while (waitpid(server->pid, NULL, WNOHANG) == 0) {
      if (waited == STOP_TIMEOUT_MS) kill(server->pid, SIGKILL);
      pause_ms(20);
      waited += 20;
    }
  }
  if (server->dir[0]) nftw(server->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
  *server = (struct server){0};
}

static int read_proc(const struct server *server, const char *name, char *out, size_t size) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/%s", (int)server->pid, name);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return ERR_IO;
  ssize_t n = read(fd, out, size - 1);
  close(fd);
  out[n > 0 ? n : 0] = '\0';
  return n > 0 ? 0 : ERR_IO;
}

static uint64_t status_kib(const char *status, const char *name) {
  const char *line = strstr(status, name);
  return line ? strtoull(line + strlen(name), NULL, 10) : 0;
}

int server_use(const struct server *server, struct server_use *out) {
  char text[4096];
  if (read_proc(server, "stat", text, sizeof text)) return ERR_IO;
  const char *at = strrchr(text, ')'); /* proc(5): the name in parentheses may hold anything */
  unsigned long long user = 0, system = 0;
  if (!at || sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &user, &system) != 2)
    return ERR_IO;
  out->cpu_seconds = (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
  if (read_proc(server, "status", text, sizeof text)) return ERR_IO;
  out->rss_bytes = status_kib(text, "VmRSS:") * 1024;
  out->peak_bytes = status_kib(text, "VmHWM:") * 1024;
  return 0;
}

int server_create_room(const struct server *server, char *id, size_t size) {
  static const char request[] =
      "POST /api/v1/rooms HTTP/1.1\r\nHost: localhost\r\nx-username: bench\r\nx-usermail: bench@example.org\r\n"
      "Content-Length: 0\r\nConnection: close\r\n\r\n";
  int fd;
  if (server_connect(server, &fd)) return ERR_IO;
  char answer[8192];
  size_t len = 0;
  ssize_t n = write(fd, request, sizeof request - 1) == (ssize_t)(sizeof request - 1) ? 1 : -1;
  while (n > 0 && len < sizeof answer - 1) {
    n = read(fd, answer + len, sizeof answer - 1 - len);
    if (n > 0) len += (size_t)n;
  }
  close(fd);
  answer[len] = '\0';
  const char *found = strstr(answer, "\"room_id\"");
  found = found ? strchr(found + 9, '"') : NULL;
  const char *end = found ? strchr(found + 1, '"') : NULL;
  if (!end || (size_t)(end - found) > size) return ERR_PROTOCOL;
  memcpy(id, found + 1, (size_t)(end - found) - 1);
  id[end - found - 1] = '\0';
  return 0;
}
