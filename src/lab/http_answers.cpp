#include "lab/http_answers.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.hpp"

namespace attache::lab {

namespace {

constexpr std::size_t alphabet = 26;
constexpr std::size_t pattern_piece = alphabet * 2520;
constexpr std::size_t lines_piece = 16 * 1024;

std::string_view phrase(unsigned status) {
  static constexpr std::array<std::pair<unsigned, std::string_view>, 42> phrases{{
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {203, "Non-Authoritative Information"},
      {204, "No Content"},
      {205, "Reset Content"},
      {206, "Partial Content"},
      {300, "Multiple Choices"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {303, "See Other"},
      {304, "Not Modified"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {402, "Payment Required"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {406, "Not Acceptable"},
      {407, "Proxy Authentication Required"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {410, "Gone"},
      {411, "Length Required"},
      {412, "Precondition Failed"},
      {413, "Content Too Large"},
      {414, "URI Too Long"},
      {415, "Unsupported Media Type"},
      {416, "Range Not Satisfiable"},
      {417, "Expectation Failed"},
      {422, "Unprocessable Content"},
      {426, "Upgrade Required"},
      {428, "Precondition Required"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
  }};
  const auto* const found =
      std::find_if(phrases.begin(), phrases.end(), [status](const auto& one) { return one.first == status; });
  return found == phrases.end() ? "Status" : found->second;
}

/// RFC 9110 6.4.1 (205: 15.3.6).
bool has_no_body(unsigned status) {
  return status == 204 || status == 205 || status == 304;
}

std::optional<std::uint64_t> length_of(const HttpAnswer& answer) {
  if (answer.status == 204 || answer.status == 304 || answer.ends_by_close) {
    return std::nullopt;
  }
  if (const auto* text = std::get_if<std::string>(&answer.body)) {
    return has_no_body(answer.status) ? 0 : text->size();
  }
  if (const auto* pattern = std::get_if<PatternBody>(&answer.body)) {
    return pattern->size;
  }
  return std::nullopt;
}

std::string http_date(std::chrono::system_clock::time_point time) {
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

std::string_view pattern() {
  static const auto bytes = [] {
    std::string text(pattern_piece, '\0');
    for (std::size_t i = 0; i < text.size(); ++i) {
      text[i] = static_cast<char>('a' + i % alphabet);
    }
    return text;
  }();
  return bytes;
}

}  // namespace

HttpAnswer refusal(unsigned status, std::string_view why) {
  HttpAnswer answer;
  answer.status = status;
  answer.body = fmt::format("{} {}: {}\n", status, phrase(status), why);
  return answer;
}

bool is_chunked(const HttpAnswer& answer, const HttpFraming& framing) {
  return std::holds_alternative<LinesBody>(answer.body) && !framing.http_1_0;
}

std::string head(const HttpAnswer& answer, const HttpFraming& framing,
                 std::chrono::system_clock::time_point now) {
  std::string text;
  const auto add = [&text](std::string_view name, std::string_view value) {
    fmt::format_to(std::back_inserter(text), "{}: {}\r\n", name, value);
  };
  fmt::format_to(std::back_inserter(text), "HTTP/1.1 {} {}\r\n", answer.status, phrase(answer.status));
  if (!answer.bare) {
    add("Server", "attache-lab");
    add("Date", http_date(now));
  }
  if (!has_no_body(answer.status)) {
    add("Content-Type", "text/plain");
  }
  if (const auto length = length_of(answer)) {
    add("Content-Length", fmt::format("{}", *length));
  } else if (is_chunked(answer, framing)) {
    add("Transfer-Encoding", "chunked");
  }
  for (const auto& [name, value] : answer.fields) {
    add(name, value);
  }
  if (!answer.bare && !framing.keep_alive) {
    add("Connection", "close");
  } else if (!answer.bare && framing.http_1_0) {
    add("Connection", "keep-alive");
  }
  return text + "\r\n";
}

HttpBody::HttpBody(const HttpAnswer& answer, const HttpFraming& framing)
    : answer_(answer),
      chunked_(is_chunked(answer, framing)),
      done_(framing.head_only || has_no_body(answer.status)) {}

std::string_view HttpBody::next() {
  if (done_) {
    return {};
  }
  if (std::holds_alternative<PatternBody>(answer_.body)) {
    return next_pattern();
  }
  if (std::holds_alternative<LinesBody>(answer_.body)) {
    return next_lines();
  }
  return next_text();
}

std::string_view HttpBody::next_text() {
  done_ = true;
  return std::get<std::string>(answer_.body);
}

std::string_view HttpBody::next_pattern() {
  const auto left = std::get<PatternBody>(answer_.body).size - sent_;
  const auto size = std::min<std::uint64_t>(left, pattern_piece);
  sent_ += size;
  done_ = size == left;
  return pattern().substr(0, static_cast<std::size_t>(size));
}

std::string_view HttpBody::next_lines() {
  const auto count = std::get<LinesBody>(answer_.body).count;
  lines_.clear();
  while (sent_ < count && lines_.size() < lines_piece) {
    ++sent_;
    const auto line = fmt::format("line {}\n", sent_);
    if (chunked_) {
      fmt::format_to(std::back_inserter(lines_), "{:x}\r\n{}\r\n", line.size(), line);
    } else {
      lines_ += line;
    }
  }
  done_ = sent_ == count;
  if (done_ && chunked_) {
    lines_ += "0\r\n\r\n";
  }
  return lines_;
}

}  // namespace attache::lab
