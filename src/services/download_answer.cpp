#include "services/download_answer.hpp"

#include <fmt/format.h>

#include <optional>

#include "base/text.hpp"

namespace attache::services {

namespace {

constexpr unsigned ok = 200;
constexpr unsigned partial_content = 206;
constexpr unsigned not_found = 404;

std::optional<std::string_view> header(std::string_view head, std::string_view name) {
  for (std::string_view line : base::split(head, '\n')) {
    std::size_t colon = line.find(':');
    if (colon != std::string_view::npos &&
        base::equal_ignoring_case(base::trim(line.substr(0, colon)), name)) {
      return base::trim(line.substr(colon + 1));
    }
  }
  return std::nullopt;
}

base::Reason unusable(base::Cause cause, std::string why, std::string advice = {}) {
  return base::make_reason(cause, "the server's answer is of no use for a download", std::move(why),
                           std::move(advice));
}

// "bytes 1024-2047/4096"
std::optional<DownloadAnswer> read_range(std::string_view range) {
  constexpr std::string_view unit = "bytes ";
  std::size_t dash = range.find('-');
  std::size_t slash = range.find('/');
  if (!range.starts_with(unit) || dash == std::string_view::npos || slash == std::string_view::npos ||
      dash < unit.size() || slash < dash) {
    return std::nullopt;
  }
  auto first = base::parse_number<std::uint64_t>(range.substr(unit.size(), dash - unit.size()));
  auto total = base::parse_number<std::uint64_t>(range.substr(slash + 1));
  if (!first || !total || *first >= *total) {
    return std::nullopt;
  }
  return DownloadAnswer{*first, *total};
}

}  // namespace

base::Result<DownloadAnswer> read_download_answer(unsigned status, std::string_view head) {
  if (status == partial_content) {
    auto range = header(head, "Content-Range");
    auto answer = range ? read_range(*range) : std::nullopt;
    if (!answer) {
      return unusable(base::Cause::bad_answer, range ? fmt::format("its Content-Range is \"{}\"",
                                                                   base::escape_control(range->substr(0, 80)))
                                                     : "a 206 without Content-Range");
    }
    return *answer;
  }
  if (status != ok) {
    return unusable(base::Cause::request_refused, fmt::format("its status is {}", status),
                    status == not_found ? "check the path of the file"
                    : status / 100 == 3 ? "the firmware does not follow redirections: name the last address"
                                        : "");
  }
  auto length = header(head, "Content-Length");
  auto total = length ? base::parse_number<std::uint64_t>(*length) : std::nullopt;
  if (!total) {
    return unusable(base::Cause::bad_answer, "it does not say how long the file is (Content-Length)",
                    "the server has to send files as they are, not in chunks");
  }
  return DownloadAnswer{0, *total};
}

}  // namespace attache::services
