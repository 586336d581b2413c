#include "base/fault.hpp"

#include <fmt/format.h>

#include <string_view>

namespace attache::base {

namespace {

// The path of a source file from src/ on: where it was compiled says nothing.
std::string_view within_sources(std::string_view path) {
  std::size_t folder = path.rfind("/src/");
  return folder == std::string_view::npos ? path : path.substr(folder + 1);
}

}  // namespace

Fault::Fault(const std::string& what, const boost::source_location& place)
    : std::runtime_error(what), place_(place) {}

Reason Fault::reason() const {
  Reason reason =
      make_reason("internal error", what(),
                  "This is a fault of Attaché: please report it with the lines of the log before.");
  reason.where = fmt::format("{}:{}", within_sources(place_.file_name()), place_.line());
  return reason;
}

void throw_fault(const boost::source_location& place) {
  try {
    throw;
  } catch (const Fault&) {
    throw;
  } catch (const std::exception& error) {
    throw Fault(error.what(), place);
  } catch (...) {
    throw Fault("something that is no exception was thrown", place);
  }
}

}  // namespace attache::base
