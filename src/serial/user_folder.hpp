#pragma once

#include <string>

namespace attache::serial {

/// Where programs of this user find what those of Attaché that run leave for them:
/// `$XDG_RUNTIME_DIR/attache`, else `/tmp/attache-UID`. It may be missing, or in /tmp be somebody else's:
/// base::take_private_folder() tells.
std::string user_folder();

}  // namespace attache::serial
