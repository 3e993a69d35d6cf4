/* SPDX-License-Identifier: MIT */
#include "net/handshake.h"

#include <string.h>
#include <strings.h>

#include "wire/ws_frame.h"

bool handshake_list_has(const char *list, const char *token) {
  size_t want = strlen(token);
  while (list && *list) {
    list += strspn(list, ", \t");
    size_t len = strcspn(list, ",");
    size_t trimmed = len;
    while (trimmed && (list[trimmed - 1] == ' ' || list[trimmed - 1] == '\t')) trimmed--;
    if (trimmed == want && strncasecmp(list, token, want) == 0) return true;
    list += len;
  }
  return false;
}

static int refuse(struct handshake_answer *out, int status, const char *detail) {
  out->status = status;
  out->detail = detail;
  return ERR_PROTOCOL;
}

int handshake_decide(const struct handshake_request *request, struct handshake_answer *out) {
  *out = (struct handshake_answer){0};
  if (!handshake_list_has(request->upgrade, "websocket") || !handshake_list_has(request->connection, "upgrade"))
    return refuse(out, 426, "This address speaks WebSocket: connect with ws:// or wss://.");
  if (!request->version || strcmp(request->version, "13") != 0)
    return refuse(out, 426, "Only WebSocket version 13 is spoken here.");
  int err = request->key ? ws_accept_key(request->key, out->accept) : ERR_MALFORMED;
  if (err == ERR_MALFORMED) return refuse(out, 400, "The header Sec-WebSocket-Key must hold 16 bytes in base64.");
  if (err) return err;
  if (handshake_list_has(request->protocols, "yoke.v1")) {
    out->protocol = "yoke.v1";
  } else if (handshake_list_has(request->protocols, "yjs")) {
    out->protocol = "yjs";
  }
  out->plain = !out->protocol && !request->always_yjs;
  return 0;
}
