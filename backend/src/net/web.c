/* SPDX-License-Identifier: MIT */
#include "net/web.h"

#include <event2/http.h>
#include <string.h>

#include "base/digest.h"
#include "net/etag.h"
#include "net/handshake.h"
#include "net/openapi.h"
#include "net/path.h"
#include "net/web_file.h"

static const char csp[] =
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; worker-src 'self' blob:; connect-src 'self' %s; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'";

static const char no_editor[] =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Yoke</title>"
    "<h1>Yoke is running, without its web editor</h1>"
    "<p>This build serves the API alone. To add the editor, build it and the server again:</p>"
    "<pre>make build</pre>"
    "<p>or name a folder that holds it: <code>yoke serve --web-dir frontend/dist</code>.</p>"
    "<p>The API is described at <a href=\"/openapi.json\">/openapi.json</a>.</p></html>\n";

/*
 * Allows WebSockets to this very host: 'self' does not mean them in every browser.
 * False when there was no memory, which was answered: a page with another policy
 * would be an empty one, and stay so in a cache.
 */
static bool security_headers(struct request *r) {
  const char *host = request_header(r, "Host");
  struct buf sockets = BUF_INIT;
  struct buf value = BUF_INIT;
  bool plain =
      host && strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]") == strlen(host);
  int err = plain ? buf_printf(&sockets, "ws://%s wss://%s", host, host) : buf_append_str(&sockets, "ws: wss:");
  if (!err) err = buf_append_byte(&sockets, 0);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  if (!err) err = buf_printf(&value, csp, (const char *)sockets.data);
#pragma GCC diagnostic pop
  if (!err) err = buf_append_byte(&value, 0);
  if (!err) request_set_header(r, "Content-Security-Policy", (const char *)value.data);
  buf_deinit(&sockets);
  buf_deinit(&value);
  if (err) {
    request_reply_err(r, err, "page");
    return false;
  }
  request_set_header(r, "Cross-Origin-Opener-Policy", "same-origin");
  request_set_header(r, "X-Frame-Options", "DENY");
  return true;
}

/* True when the client has it already, and was told so. */
static bool answered_304(struct request *r, const char *path, const char *etag) {
  request_set_header(r, "ETag", etag);
  request_set_header(r, "Vary", "Accept-Encoding, Origin");
  request_set_header(r, "Cache-Control", web_is_hashed(path) ? "public, max-age=31536000, immutable" : "no-cache");
  if (!etag_listed(request_header(r, "If-None-Match"), etag)) return false;
  request_reply(r, 304, NULL, NULL, 0);
  return true;
}

/* gzip stands in the list, and not as gzip;q=0. */
static bool takes_gzip(const struct request *r) {
  const char *accept = request_header(r, "Accept-Encoding");
  const char *found = accept ? strstr(accept, "gzip") : NULL;
  if (!found) return false;
  found += 4;
  found += strspn(found, " ;");
  return strncmp(found, "q=0", 3) != 0 || strncmp(found, "q=0.", 4) == 0;
}

static bool serve_embedded(struct request *r, const char *path, int status) {
  const struct asset *asset = web_asset_find(r->net->assets, r->net->asset_count, path);
  if (!asset) return false;
  if (!security_headers(r)) return true;
  if (status == 200 && answered_304(r, path, asset->etag)) return true;
  if (asset->gzip_len && takes_gzip(r)) {
    request_set_header(r, "Content-Encoding", "gzip");
    request_reply_static(r, status, asset->type, asset->gzip, asset->gzip_len);
  } else {
    request_reply_static(r, status, asset->type, asset->data, asset->len);
  }
  return true;
}

static int etag_of(const struct buf *bytes, struct buf *etag) {
  uint8_t digest[32];
  int err = digest_sha256(bytes->data, bytes->len, digest);
  if (!err) err = buf_append_byte(etag, '"');
  for (size_t i = 0; i < 16 && !err; i++) err = buf_printf(etag, "%02x", digest[i]);
  return err ? err : buf_append(etag, "\"", 2);
}

static bool serve_from_dir(struct request *r, const char *path, int status) {
  struct buf bytes = BUF_INIT;
  struct buf etag = BUF_INIT;
  int err = web_file_read(r->net->config->web_dir, path, &bytes);
  if (!err) err = etag_of(&bytes, &etag);
  if (err && err != ERR_NOT_FOUND)
    request_reply_err(r, err, "file");
  else if (!err && security_headers(r) && (status != 200 || !answered_304(r, path, (const char *)etag.data)))
    request_reply(r, status, web_type_of(path), bytes.data, bytes.len);
  buf_deinit(&bytes);
  buf_deinit(&etag);
  return err != ERR_NOT_FOUND;
}

/* Answer with a file of the web editor; false when there is none of that name. */
static bool serve(struct request *r, const char *path, int status) {
  return r->net->config->web_dir ? serve_from_dir(r, path, status) : serve_embedded(r, path, status);
}

static void serve_page(struct request *r, const char *path) {
  if (serve(r, path, 200)) return;
  if (security_headers(r)) request_reply_static(r, 200, "text/html; charset=utf-8", no_editor, sizeof(no_editor) - 1);
}

/* The addresses of the editor's own pages: it finds the room from the address. */
static bool is_page(const char *path) {
  if (strcmp(path, "/") == 0) return true;
  const char *id = strncmp(path, "/rooms/", 7) == 0 ? path + 7 : strncmp(path, "/r/", 3) == 0 ? path + 3 : NULL;
  return id && *id && !strpbrk(id, "/.");
}

/* People get the editor's own page for it, scripts the usual error. */
static void not_found(struct request *r) {
  const char *accept = request_header(r, "Accept");
  if (accept && strstr(accept, "text/html") && serve(r, "/index.html", 404)) return;
  request_reply_detail(r, 404, "Not Found");
}

void web_serve(struct request *r) {
  struct buf path = BUF_INIT;
  int err = path_decode(&path, r->path, strlen(r->path));
  const char *text = (const char *)path.data;
  if (err == ERR_NOMEM) {
    request_reply_err(r, err, "page");
  } else if (err || !(r->method & (METHOD_GET | METHOD_HEAD)) || strncmp(text, "/api/", 5) == 0) {
    request_reply_detail(r, 404, "Not Found");
  } else if (is_page(text)) {
    serve_page(r, "/index.html");
  } else if (!path_is_safe(text + 1) || !serve(r, text, 200)) {
    not_found(r);
  }
  buf_deinit(&path);
}

void web_docs(void *ctx, struct request *r) {
  (void)ctx;
  serve_page(r, "/docs-assets/docs.html");
}

void web_openapi(void *ctx, struct request *r) {
  (void)ctx;
  request_set_header(r, "Cache-Control", "no-cache");
  request_reply_static(r, 200, "application/json", openapi_json, openapi_json_len);
}
