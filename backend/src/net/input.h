/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_INPUT_H
#define YOKE_NET_INPUT_H

#include <stdbool.h>

#include "net/request.h"

/* What handlers check of a request before they act. Each answers the request itself when it returns false. */

/** x-username into r->name and x-usermail into r->mail; problems are added to @errors, nothing is answered. ERR_NOMEM.
 */
MUST_USE int input_identity(struct request *r, bool need_name, bool need_mail, struct api_errors *errors);

/** The author of a change: x-username, in r->name, when it is there and fine, else "". Never answers. ERR_NOMEM. */
MUST_USE int input_author(struct request *r, const char **out);

/** r->room_id can be a room's, or 404. */
bool input_room(struct request *r);

/** The body, if there is one, says that it is JSON (415). @required: an empty body is a 422. */
bool input_json(struct request *r, bool required);

#endif
