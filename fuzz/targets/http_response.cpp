#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/http_response_cutter.hpp"
#include "targets/invariant.hpp"
#include "targets/targets.hpp"

namespace attache::fuzz {

namespace {

using services::HttpResponseCutter;

constexpr unsigned without_body = 1;
constexpr unsigned firmware_chunks = 2;
constexpr unsigned peer_closes = 4;

/// What a host would see of a response, and how it ended.
struct Seen {
  std::vector<std::pair<HttpResponseCutter::Part::Kind, std::string>> parts;
  std::string header;
  std::string body;
  bool failed = false;
  bool header_complete = false;
  bool complete = false;
  unsigned status = 0;

  /// A header that is broken and has no end yet may be refused now or later: both come to nothing.
  [[nodiscard]] bool sound() const { return header_complete && !failed; }
};

Seen read(unsigned flags, const std::vector<std::string_view>& pieces) {
  HttpResponseCutter cutter((flags & without_body) != 0, (flags & firmware_chunks) != 0
                                                             ? HttpResponseCutter::Chunks::marked
                                                             : HttpResponseCutter::Chunks::from_first_data);
  Seen seen;
  for (std::string_view piece : pieces) {
    auto parts = cutter.feed(piece);
    if (!parts) {
      must(!parts.error().what.empty(), "a broken response has a reason");
      seen.failed = true;
      return seen;
    }
    for (const auto& part : *parts) {
      must(part.bytes.size() <= HttpResponseCutter::receive_buffer,
           "no part is longer than the modem's buffer");
      must(part.bytes.empty() == (part.kind == HttpResponseCutter::Part::Kind::next_chunk),
           "only marks are empty");
      seen.parts.emplace_back(part.kind, part.bytes);
      (part.kind == HttpResponseCutter::Part::Kind::header ? seen.header : seen.body) += part.bytes;
    }
  }
  if ((flags & peer_closes) != 0) {
    seen.failed = !cutter.peer_closed().has_value();
  }
  seen.header_complete = cutter.header_complete();
  seen.complete = cutter.complete();
  if (seen.header_complete) {
    seen.status = cutter.status();
    must(seen.header.size() == cutter.header_size(), "the host sees all of the header");
  }
  return seen;
}

std::vector<std::string_view> cut_at_receives(std::string_view bytes) {
  std::vector<std::string_view> pieces;
  for (std::size_t i = 0; i < bytes.size(); i += HttpResponseCutter::receive_buffer) {
    pieces.push_back(bytes.substr(i, HttpResponseCutter::receive_buffer));
  }
  return pieces;
}

}  // namespace

void fuzz_http_response(std::string_view input) {
  if (input.empty()) {
    return;
  }
  auto flags = static_cast<unsigned char>(input.front());
  std::string_view bytes = input.substr(1);
  Seen whole = read(flags, {bytes});

  // Cut where the modem's receive buffer is full anyway: exactly the same parts.
  Seen aligned = read(flags, cut_at_receives(bytes));
  must(whole.sound() == aligned.sound(), "cuts at receives fail alike");
  must(!whole.sound() || whole.parts == aligned.parts, "cuts at receives give the same parts");

  // Cut anywhere: the same bytes.
  Seen cut = read(flags, Cutter(input, 200).cut(bytes));
  must(whole.sound() == cut.sound(), "any split fails alike");
  if (whole.sound()) {
    must(whole.complete == cut.complete && whole.status == cut.status, "any split ends alike");
    must(whole.header == cut.header, "any split gives the same header");
    // The firmware leaves out chunk framing at the start of a receive, so there the body depends on receives.
    must((flags & firmware_chunks) != 0 || whole.body == cut.body, "any split gives the same body");
  }
}

}  // namespace attache::fuzz
