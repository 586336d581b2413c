#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "serial/file_descriptor.hpp"
#include "serial/port_failure.hpp"
#include "serial/port_spec.hpp"

namespace attache::serial {

namespace {

// XDG_RUNTIME_DIR is often inherited from another user's session (sudo, su); then it is not for us.
bool is_own_folder(const char* path) {
  struct stat found {};
  return ::stat(path, &found) == 0 && S_ISDIR(found.st_mode) && found.st_uid == ::geteuid() &&
         ::access(path, W_OK) == 0;
}

std::string default_folder() {
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  if (runtime != nullptr && *runtime == '/' && is_own_folder(runtime)) {
    return fmt::format("{}/attache", runtime);
  }
  return fmt::format("/tmp/attache-{}", ::geteuid());
}

// In /tmp anybody may have made something of that name before us.
base::Result<void> make_private_folder(const std::string& folder) {
  auto failure = [&](std::string why) {
    return base::make_reason(fmt::format("the folder {} for the default port cannot be used", folder),
                             std::move(why), "name a port: --port pty:LINK");
  };
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return failure(error_text(errno));
  }
  struct stat found {};
  if (::lstat(folder.c_str(), &found) != 0) {
    return failure(error_text(errno));
  }
  if (!S_ISDIR(found.st_mode)) {
    return failure("something that is no folder is there");
  }
  if (found.st_uid != ::geteuid()) {
    return failure(fmt::format("it belongs to the user with id {}", found.st_uid));
  }
  if ((found.st_mode & 0777) != 0700 && ::chmod(folder.c_str(), 0700) != 0) {
    return failure(error_text(errno));
  }
  return {};
}

}  // namespace

base::Result<PortSpec> default_port_spec() {
  std::string folder = default_folder();
  if (auto made = make_private_folder(folder); !made) {
    return made.error();
  }
  PortSpec spec;
  spec.kind = PortSpec::Kind::pty;
  spec.target = folder + "/modem";
  return spec;
}

}  // namespace attache::serial
