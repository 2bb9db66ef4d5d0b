/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the model has to know of URIs and methods. */
#pragma once

#include "tests/model/model.h"

/** model_uri_host: in lower case. Returns: false if @uri is neither sip nor sips */
bool model_uri_host(const char *uri, char host[MODEL_TEXT]);

/** model_uri_canonical: section 10.3 step 5: scheme, user without escapes, host; nothing else. */
void model_uri_canonical(const char *uri, char out[MODEL_TEXT]);

/** model_method_known: a method of RFC 3261 or of its extensions. */
bool model_method_known(const char *method);
