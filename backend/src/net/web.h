/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_WEB_H
#define YOKE_NET_WEB_H

#include "net/request.h"

/*
 * The web editor's files: embedded ones, or those of config.web_dir. All GET.
 * With neither, pages say that there is no editor in this build.
 */

/** A file of the editor, or index.html for the addresses of its pages (/, /rooms/{id}, /r/{id}), or 404. */
void web_serve(struct request *r);
void web_docs(void *ctx, struct request *r);    /* GET /docs: Swagger UI */
void web_openapi(void *ctx, struct request *r); /* GET /openapi.json */

#endif
