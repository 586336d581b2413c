#include "base/uri.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace attache::base {

namespace {

Reason unusable(std::string why) {
  return make_reason("the URI cannot be used", std::move(why));
}

// "host" or "host:port".
std::optional<Reason> read_authority(std::string_view text, Uri& uri) {
  std::size_t colon = text.rfind(':');
  uri.host = text.substr(0, colon);
  if (colon != std::string_view::npos) {
    uri.port = parse_number<std::uint16_t>(text.substr(colon + 1));
    if (!uri.port || *uri.port == 0) {
      return unusable("its port is no number from 1 to 65535");
    }
  }
  if (uri.host.empty() || uri.host.find_first_of("@ []") != std::string::npos) {
    return unusable("its host cannot be read");
  }
  return std::nullopt;
}

// "/path", "/path?query#fragment".
void read_file(std::string_view text, Uri& uri) {
  std::size_t hash = text.find('#');
  if (hash != std::string_view::npos) {
    uri.fragment = text.substr(hash + 1);
  }
  std::string_view named = text.substr(0, hash);
  std::size_t mark = named.find('?');
  if (mark != std::string_view::npos) {
    uri.query = named.substr(mark + 1);
  }
  uri.path = named.substr(0, mark);
}

}  // namespace

Result<Uri> parse_uri(std::string_view text, const UriLimits& limits) {
  constexpr std::string_view border = "://";
  Uri uri;
  std::size_t scheme_end = text.find(border);
  if (scheme_end == std::string_view::npos || scheme_end == 0) {
    return unusable("it has no scheme");
  }
  uri.scheme = to_lower(text.substr(0, scheme_end));
  std::size_t authority_at = scheme_end + border.size();
  std::size_t path_at = text.find('/', authority_at);
  if (path_at == std::string_view::npos) {
    return unusable("it has no path");
  }
  if (path_at > limits.before_path) {
    return unusable(
        fmt::format("what stands before the path is longer than {} characters", limits.before_path));
  }
  if (auto fault = read_authority(text.substr(authority_at, path_at - authority_at), uri)) {
    return std::move(*fault);
  }
  read_file(text.substr(path_at), uri);
  if (uri.path.find_first_of(" \r\n\t") != std::string::npos) {
    return unusable("blanks and line ends cannot stand in a path");
  }
  if (uri.path.size() > limits.path) {
    return unusable(fmt::format("its path is longer than {} characters", limits.path));
  }
  return uri;
}

}  // namespace attache::base
