#include "cli/complaint.hpp"

#include <fmt/format.h>

#include <boost/system/system_error.hpp>
#include <cerrno>
#include <cstdio>
#include <new>
#include <string>
#include <string_view>
#include <system_error>

#include "base/file_descriptor.hpp"
#include "cli/commands.hpp"

namespace attache::cli {

int complain(const base::Reason& reason) {
  base::Reason rest = reason;
  rest.what.clear();
  fmt::print(stderr, "attache: {}\n{}", reason.what, base::to_block(rest));
  return exit_usage;
}

namespace {

// The errno value of an exception of the system; 0 if it is none.
int system_errno(const std::exception& error) {
  if (const auto* thrown = dynamic_cast<const boost::system::system_error*>(&error)) {
    return thrown->code().category() == boost::system::system_category() ? thrown->code().value() : 0;
  }
  if (const auto* thrown = dynamic_cast<const std::system_error*>(&error)) {
    return thrown->code().value();
  }
  return dynamic_cast<const std::bad_alloc*>(&error) != nullptr ? ENOMEM : 0;
}

// What to do if the system has run out of something; empty if it has not.
std::string_view advice_for(int error) {
  switch (error) {
    case EMFILE:
      return "allow this program more open files: `ulimit -n`";
    case ENFILE:
      return "the machine has too many open files: end what holds them, or raise fs.file-max";
    case ENOMEM:
    case ENOBUFS:
      return "give it more memory, or end what uses it";
    case ENOSPC:
      return "free space, or raise fs.inotify.max_user_watches and fs.epoll.max_user_watches";
    default:
      return {};
  }
}

}  // namespace

int complain_about(const std::exception& error) {
  int number = system_errno(error);
  std::string_view advice = advice_for(number);
  if (advice.empty()) {
    fmt::print(stderr, "attache: internal error: {}\n", error.what());
  } else {
    complain(base::make_reason("the program cannot go on", base::error_text(number), std::string(advice)));
  }
  return exit_failure;
}

}  // namespace attache::cli
