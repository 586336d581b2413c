#include "lab/http_paths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/text.hpp"
#include "lab/firmware_file.hpp"

namespace attache::lab {

namespace {

constexpr double longest_delay = 3600;

/// The argument is what follows the path's name and a slash.
using Make = HttpAnswer (*)(const HttpRequest& request, std::string_view argument);

struct Path {
  std::string_view name;
  bool has_argument;
  std::string_view methods;  ///< The value of Allow.
  Make make;
};

HttpAnswer text_answer(std::string text) {
  HttpAnswer answer;
  answer.body = std::move(text);
  return answer;
}

HttpAnswer received(const HttpRequest& request, std::string_view path) {
  return text_answer(fmt::format("{} {} received {} bytes\n", request.method, path, request.body_size));
}

/// "hello", in the exact form that the transcripts of slm-1.6 expect.
HttpAnswer make_hello(const HttpRequest&, std::string_view) {
  auto answer = text_answer("hello");
  answer.bare = true;
  return answer;
}

/// The body that was sent, in the same exact form.
HttpAnswer make_echo(const HttpRequest& request, std::string_view) {
  if (request.body_size > longest_kept_body) {
    auto answer = refusal(413, fmt::format("/echo gives back at most {} bytes", longest_kept_body));
    answer.close = true;
    return answer;
  }
  auto answer = text_answer(request.body);
  answer.bare = true;
  return answer;
}

HttpAnswer make_get(const HttpRequest&, std::string_view) {
  return text_answer("hello from the lab\n");
}

/// How much was received.
HttpAnswer make_post(const HttpRequest& request, std::string_view) {
  return received(request, "/post");
}
HttpAnswer make_put(const HttpRequest& request, std::string_view) {
  return received(request, "/put");
}

/// The header fields of the request.
HttpAnswer make_headers(const HttpRequest& request, std::string_view) {
  return text_answer(request.fields);
}

HttpAnswer make_bytes(const HttpRequest&, std::string_view argument) {
  const auto size = base::parse_number<std::uint64_t>(argument);
  if (!size) {
    return refusal(400, "/bytes/N wants a number of bytes");
  }
  HttpAnswer answer;
  answer.body = PatternBody{*size};
  return answer;
}

HttpAnswer make_stream(const HttpRequest&, std::string_view argument) {
  const auto count = base::parse_number<std::uint64_t>(argument);
  if (!count) {
    return refusal(400, "/stream/N wants a number of lines");
  }
  HttpAnswer answer;
  answer.body = LinesBody{*count};
  return answer;
}

std::optional<std::chrono::milliseconds> parse_delay(std::string_view text) {
  double seconds = -1;
  const auto* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, seconds, std::chars_format::fixed);
  const auto in_range = seconds >= 0 && seconds <= longest_delay;  // Neither is true of "nan".
  if (error != std::errc{} || rest != end || !in_range) {
    return std::nullopt;
  }
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::duration<double>(seconds));
}

HttpAnswer make_delay(const HttpRequest&, std::string_view argument) {
  const auto delay = parse_delay(argument);
  if (!delay) {
    return refusal(400, "/delay/S wants seconds from 0 to 3600, such as 2.5");
  }
  auto answer = text_answer(fmt::format("answered after {} s\n", argument));
  answer.delay = *delay;
  return answer;
}

HttpAnswer make_status(const HttpRequest&, std::string_view argument) {
  const auto status = base::parse_number<std::uint16_t>(argument);
  if (!status || *status < 200 || *status > 599) {
    return refusal(400, "/status/N wants a status code from 200 to 599");
  }
  return refusal(*status, "as asked for");
}

/// The first and last byte that "Range: bytes=F-L" or "bytes=F-" asks for, inside of `size` bytes.
std::optional<std::pair<std::size_t, std::size_t>> parse_range(std::string_view fields, std::size_t size) {
  constexpr std::string_view name = "range: bytes=";
  for (const auto line : base::split(fields, '\n')) {
    if (!base::to_lower(line).starts_with(name)) {
      continue;
    }
    const auto range = base::split(base::trim(line.substr(name.size())), '-');
    const auto first = base::parse_number<std::uint32_t>(range[0]);
    if (range.size() != 2 || !first || *first >= size) {
      return std::nullopt;
    }
    const auto last = base::parse_number<std::uint32_t>(range[1]).value_or(UINT32_MAX);
    return std::pair<std::size_t, std::size_t>{*first, std::min<std::size_t>(last, size - 1)};
  }
  return std::nullopt;
}

/// A firmware image for `AT#XFOTA`, or a part of it.
HttpAnswer make_firmware(const HttpRequest& request, std::string_view argument) {
  const auto version = base::split(argument, '.');
  FirmwareFile file;
  const auto major = base::parse_number<std::uint8_t>(version[0]);
  const auto minor = version.size() > 1 ? base::parse_number<std::uint8_t>(version[1]) : std::nullopt;
  const auto revision = version.size() == 3 ? base::parse_number<std::uint16_t>(version[2]) : std::nullopt;
  if (!major || !minor || !revision) {
    return refusal(400, "/firmware/VERSION wants a version such as 1.6.1");
  }
  file.major = *major;
  file.minor = *minor;
  file.revision = *revision;
  const auto image = make_firmware_file(file);
  const auto range = parse_range(request.fields, image.size());
  if (!range || range->second < range->first) {
    return text_answer(image);
  }
  const auto [first, last] = *range;
  auto answer = text_answer(image.substr(first, last - first + 1));
  answer.status = 206;
  answer.fields.emplace_back("Content-Range", fmt::format("bytes {}-{}/{}", first, last, image.size()));
  return answer;
}

/// The same a fragment at a time, slowly enough to be cancelled: over HTTPS a device asks for each.
HttpAnswer make_slow_firmware(const HttpRequest& request, std::string_view argument) {
  auto answer = make_firmware(request, argument);
  answer.delay = std::chrono::milliseconds(20);
  return answer;
}

/// An image of an application under the name that scripts have for one.
HttpAnswer make_application(const HttpRequest& request, std::string_view) {
  return make_firmware(request, "9.0.0");
}

/// A body whose end is the end of the connection.
HttpAnswer make_close(const HttpRequest&, std::string_view) {
  auto answer = text_answer("this connection ends now\n");
  answer.close = true;
  answer.ends_by_close = true;
  return answer;
}

/// The connection ends without an answer.
HttpAnswer make_drop(const HttpRequest&, std::string_view) {
  HttpAnswer answer;
  answer.nothing = true;
  answer.close = true;
  return answer;
}

constexpr std::string_view read_methods = "GET, HEAD";
constexpr std::string_view all_methods = "GET, HEAD, POST, PUT, PATCH, DELETE";

constexpr std::array paths{
    Path{"hello", false, read_methods, make_hello},
    Path{"echo", false, "POST, PUT, PATCH", make_echo},
    Path{"get", false, read_methods, make_get},
    Path{"post", false, "POST", make_post},
    Path{"put", false, "PUT", make_put},
    Path{"headers", false, all_methods, make_headers},
    Path{"bytes", true, read_methods, make_bytes},
    Path{"stream", true, read_methods, make_stream},
    Path{"firmware", true, read_methods, make_firmware},
    Path{"slow-firmware", true, read_methods, make_slow_firmware},
    Path{"app.bin", false, read_methods, make_application},
    Path{"delay", true, all_methods, make_delay},
    Path{"status", true, all_methods, make_status},
    Path{"close", false, all_methods, make_close},
    Path{"drop", false, all_methods, make_drop},
};

std::string_view path_of(std::string_view target) {
  return target.substr(0, target.find_first_of("?#"));
}

struct NameAndArgument {
  std::string_view name;
  std::optional<std::string_view> argument;
};

NameAndArgument parse_path(std::string_view path) {
  path.remove_prefix(path.starts_with('/') ? 1 : 0);
  const auto slash = path.find('/');
  if (slash == std::string_view::npos) {
    return {path, std::nullopt};
  }
  return {path.substr(0, slash), path.substr(slash + 1)};
}

bool allows(std::string_view methods, std::string_view method) {
  const auto all = base::split(methods, ',');
  return std::any_of(all.begin(), all.end(), [&](auto one) { return base::trim(one) == method; });
}

HttpAnswer not_allowed(const Path& path) {
  auto answer = refusal(405, fmt::format("/{} takes {}", path.name, path.methods));
  answer.fields.emplace_back("Allow", path.methods);
  return answer;
}

}  // namespace

bool keeps_body(std::string_view target) {
  return path_of(target) == "/echo";
}

HttpAnswer answer(const HttpRequest& request) {
  if (request.method.empty()) {
    return refusal(501, "this method is not known here");
  }
  const auto [name, argument] = parse_path(path_of(request.target));
  const auto* const path =
      std::find_if(paths.begin(), paths.end(), [&, name = name, argument = argument](auto& one) {
        return one.name == name && one.has_argument == argument.has_value();
      });
  if (!request.target.starts_with('/') || path == paths.end()) {
    return refusal(404, "there is no such path in the lab");
  }
  if (!allows(path->methods, request.method)) {
    return not_allowed(*path);
  }
  return path->make(request, argument.value_or(""));
}

}  // namespace attache::lab
