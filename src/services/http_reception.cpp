#include "services/http_reception.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace attache::services {

namespace {

constexpr std::string_view end_of_head = "\r\n\r\n";
constexpr std::string_view last_chunk = "0\r\n\r\n";
constexpr std::string_view last_chunk_in_body = "\r\n0\r\n\r\n";  // Behind another one.

// "HTTP/1.1 200 OK": 0 if it is not that.
int status_of(std::string_view line) {
  constexpr std::size_t digits = 3;
  std::size_t blank = line.find(' ');
  if (!line.starts_with("HTTP/") || blank == std::string_view::npos) {
    return 0;
  }
  std::string_view number = line.substr(blank + 1, digits);
  return static_cast<int>(base::parse_number<std::uint16_t>(number).value_or(0));
}

}  // namespace

HttpReception::Step HttpReception::take(std::string_view bytes) {
  if (has_head_) {
    return take_body(bytes);
  }
  // Its end may have begun before.
  std::size_t from = head_.size() - std::min(head_.size(), end_of_head.size() - 1);
  head_ += bytes;
  std::size_t end = head_.find(end_of_head, from);
  std::size_t size = end == std::string::npos ? head_.size() : end + end_of_head.size();
  if (size > longest_head || (end == std::string::npos && size == longest_head)) {
    return {.failed = true};
  }
  if (end == std::string::npos) {
    return {};
  }
  std::string rest = head_.substr(size);
  head_.resize(size);
  read_head(head_);
  has_head_ = true;
  Step step;
  if (has_no_body()) {
    received_ = rest.size();
    step.complete = true;
  } else if (options_.manual) {
    received_ = rest.size();
    tail_ = rest.substr(rest.size() - std::min(rest.size(), last_chunk_in_body.size()));
    waiting_ = std::move(rest);
  } else {
    step = take_body(rest);
  }
  step.head = true;
  return step;
}

HttpReception::Step HttpReception::take_body(std::string_view bytes) {
  received_ += bytes.size();
  if (options_.looks_at_receives) {
    tail_.clear();
  }
  tail_ += bytes;
  tail_.erase(0, tail_.size() - std::min(tail_.size(), last_chunk_in_body.size()));
  Step step;
  step.body = bytes;
  step.complete = !options_.manual && is_at_end();
  return step;
}

HttpReception::Step HttpReception::peer_closed() {
  Step step;
  step.complete = has_head_;
  step.failed = !has_head_;
  return step;
}

bool HttpReception::has_no_body() const {
  constexpr int first_final = 200;
  constexpr int no_content = 204;
  constexpr int not_modified = 304;
  bool is_interim = status_ > 0 && status_ < first_final;
  return options_.without_body || is_interim || status_ == no_content || status_ == not_modified;
}

// In a manual reception nothing ends with the head.
bool HttpReception::is_at_end() const {
  if (content_length_ >= 0) {
    bool nothing_pulled_yet = options_.manual && received_ == 0;
    return !nothing_pulled_yet && std::cmp_greater_equal(received_, content_length_);
  }
  if (options_.looks_at_receives) {
    return tail_.ends_with(last_chunk);
  }
  return tail_.ends_with(last_chunk_in_body) || (received_ == last_chunk.size() && tail_ == last_chunk);
}

std::string HttpReception::pull(std::size_t most) {
  std::string bytes = waiting_.substr(0, most);
  waiting_.erase(0, bytes.size());
  return bytes;
}

void HttpReception::read_head(std::string_view head) {
  bool is_first = true;
  while (!head.empty()) {
    std::size_t end = head.find("\r\n");
    std::string_view line = head.substr(0, end);
    if (std::exchange(is_first, false)) {
      status_ = status_of(line);
    } else {
      read_field(line);
    }
    head.remove_prefix(std::min(head.size(), line.size() + 2));
  }
}

void HttpReception::read_field(std::string_view line) {
  std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) {
    return;
  }
  std::string_view name = line.substr(0, colon);
  std::string_view value = base::trim(line.substr(colon + 1));
  if (base::equal_ignoring_case(name, "Content-Length")) {
    auto length = base::parse_number<std::int64_t>(value);
    content_length_ = length && (*length >= 0 || options_.shows_negative_length) ? *length : -1;
  } else if (base::equal_ignoring_case(name, "Connection")) {
    closes_ = base::equal_ignoring_case(value, "close");
  }
}

}  // namespace attache::services
