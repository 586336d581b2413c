#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "base/posix/private_file.hpp"
#include "serial/port_spec.hpp"
#include "serial/user_folder.hpp"

namespace attache::serial {

namespace {

// XDG_RUNTIME_DIR is often inherited from another user's session (sudo, su); then it is not for us.
bool is_own_folder(const char* path) {
  struct stat found {};
  return ::stat(path, &found) == 0 && S_ISDIR(found.st_mode) && found.st_uid == ::geteuid() &&
         ::access(path, W_OK) == 0;
}

}  // namespace

std::string user_folder() {
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  if (runtime != nullptr && *runtime == '/' && is_own_folder(runtime)) {
    return fmt::format("{}/attache", runtime);
  }
  return fmt::format("/tmp/attache-{}", ::geteuid());
}

base::Result<PortSpec> default_port_spec() {
  std::string folder = user_folder();
  // In /tmp anybody may have made something of that name before us.
  if (auto taken = base::take_private_folder(folder); !taken) {
    base::Reason reason = taken.error();
    reason.what = "the folder for the default port cannot be used";
    reason.advice = "name a port: --port pty:LINK";
    return reason;
  }
  PortSpec spec;
  spec.kind = PortSpec::Kind::pty;
  spec.target = folder + "/modem";
  return spec;
}

}  // namespace attache::serial
