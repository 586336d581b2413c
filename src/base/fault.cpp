#include "base/fault.hpp"

#include <fmt/format.h>

#include <boost/system/system_error.hpp>
#include <cerrno>
#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/posix/file_descriptor.hpp"

namespace attache::base {

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

// The path of a source file from src/ on: where it was compiled says nothing.
std::string_view within_sources(std::string_view path) {
  std::size_t folder = path.rfind("/src/");
  return folder == std::string_view::npos ? path : path.substr(folder + 1);
}

Reason internal_error(std::string why) {
  return make_reason("internal error", std::move(why),
                     "This is a fault of Attaché: please report it with the lines of the log before.");
}

[[noreturn]] void throw_with_place(Reason reason, const boost::source_location& place) {
  reason.where = fmt::format("{}:{}", within_sources(place.file_name()), place.line());
  throw Fault(std::move(reason));
}

}  // namespace

Reason reason_of(const std::exception& error) {
  if (const auto* fault = dynamic_cast<const Fault*>(&error)) {
    return fault->reason();
  }
  int number = system_errno(error);
  std::string_view advice = advice_for(number);
  return advice.empty() ? internal_error(error.what())
                        : make_reason("the program cannot go on", error_text(number), std::string(advice));
}

Fault::Fault(Reason reason) : std::runtime_error(summary(reason)), reason_(std::move(reason)) {}

void throw_fault(const boost::source_location& place) {
  try {
    throw;
  } catch (const Fault&) {
    throw;
  } catch (const std::exception& error) {
    throw_with_place(reason_of(error), place);
  } catch (...) {
    throw_with_place(internal_error("something that is no exception was thrown"), place);
  }
}

}  // namespace attache::base
