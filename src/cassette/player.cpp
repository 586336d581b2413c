#include "cassette/player.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "cassette/matching.hpp"
#include "client/secrets.hpp"

namespace attache::cassette {

namespace {

using namespace std::chrono_literals;

// A line that is new is reported as a whole.
constexpr base::Duration patience_for_line = 200ms;

std::string shown(std::string_view bytes) {
  constexpr std::size_t most = 200;
  client::SecretMask mask;
  std::string text = escape_text(client::shorten_masks(mask.mask(bytes)));
  return text.size() > most ? text.substr(0, most) + "…" : text;
}

}  // namespace

Player::Player(const Cassette& cassette, Options options, base::Time now)
    : cassette_(cassette), options_(std::move(options)), moved_(now) {
  go_on(now);
}

void Player::hear(std::string_view bytes, base::Time now) {
  heard_ += bytes;
  go_on(now);
}

// Lines and rate of the host are what it makes of them; what it says must be as recorded.
void Player::go_on(base::Time now) {
  while (next_ < cassette_.entries.size() && !fault_) {
    const Entry& entry = cassette_.entries[next_];
    bool is_of_host = entry.kind == Entry::Kind::control_line &&
                      (entry.control_line == ControlLine::dtr || entry.control_line == ControlLine::rts);
    if (is_of_host) {
      pass_to(next_ + 1, now);
      continue;
    }
    if (!entry.says(Side::host) || !match(now)) {
      break;
    }
  }
  find_strange(now);
}

void Player::pass_to(std::size_t entry, base::Time now) {
  next_ = entry;
  moved_ = now;
}

bool Player::match(base::Time now) {
  if (heard_.empty()) {
    return false;
  }
  Match found = cassette::match(cassette_.entries[next_].text, options_.values, heard_);
  if (found.outcome != Match::Outcome::whole) {
    return false;
  }
  heard_.erase(0, found.length);
  pass_to(next_ + 1, now);
  return true;
}

bool Player::has_host_entry() const {
  return next_ < cassette_.entries.size() && cassette_.entries[next_].says(Side::host);
}

// While the modem has the word, what a host says waits.
void Player::find_strange(base::Time now) {
  bool is_new =
      !heard_.empty() &&
      (is_at_end() ||
       (has_host_entry() && cassette::match(cassette_.entries[next_].text, options_.values, heard_).outcome ==
                                Match::Outcome::other));
  if (!is_new) {
    strange_since_.reset();
    return;
  }
  strange_since_ = strange_since_ ? strange_since_ : std::optional(now);
  if (heard_.find_first_of("\r\n") != std::string::npos) {
    make_fault();
  }
}

std::optional<Entry> Player::take(base::Time now) {
  if (fault_ || next_ >= cassette_.entries.size() || has_host_entry()) {
    return std::nullopt;
  }
  if (auto due = deadline(); due && now < *due) {
    return std::nullopt;
  }
  const Entry& entry = cassette_.entries[next_];
  pass_to(next_ + 1, now);
  go_on(now);
  return entry;
}

std::string Player::bytes_of(const Entry& entry) const {
  client::Values values = options_.values;
  for (const auto& piece : entry.text.pieces()) {
    if (piece.kind == client::PlaceholderText::Piece::Kind::placeholder) {
      values.emplace(piece.text, "********");
    }
  }
  return entry.text.fill(values);
}

std::optional<base::Time> Player::deadline() const {
  if (fault_) {
    return std::nullopt;
  }
  if (strange_since_) {
    return *strange_since_ + patience_for_line;
  }
  if (next_ >= cassette_.entries.size() || has_host_entry()) {
    return std::nullopt;
  }
  Moment before = next_ > 0 ? cassette_.entries[next_ - 1].at : Moment::zero();
  return options_.keeps_times ? moved_ + (cassette_.entries[next_].at - before) : moved_;
}

void Player::pass_time(base::Time now) {
  if (strange_since_ && now - *strange_since_ >= patience_for_line && !fault_) {
    make_fault();
  }
}

std::string_view Player::strange_line() const {
  std::string_view text = heard_;
  std::size_t end = text.find_first_of("\r\n");
  end = std::min(text.find_first_not_of("\r\n", end), text.size());
  return end > 0 ? text.substr(0, end) : text;
}

// The same command may stand at another place.
std::optional<std::size_t> Player::place_elsewhere(std::string_view said) const {
  for (const Entry& entry : cassette_.entries) {
    if (entry.says(Side::host)) {
      Match found = cassette::match(entry.text, options_.values, said);
      if (found.outcome == Match::Outcome::whole && found.length == said.size()) {
        return entry.line;
      }
    }
  }
  return std::nullopt;
}

void Player::make_fault() {
  std::string_view said = strange_line();
  base::Reason reason = base::make_reason(
      fmt::format("the host says what {} does not have here", cassette_.name),
      is_at_end() ? "the cassette has been played to its end" : "it is something else than was recorded",
      "Correct the host; or record what is new: attache record HOST-PORT MODEM-PORT CASSETTE --mode new.");
  if (!is_at_end()) {
    reason.where = cassette_.place(cassette_.entries[next_]);
    reason.facts.emplace_back("recorded", cassette_.entries[next_].source);
  } else if (!cassette_.entries.empty()) {
    reason.where = cassette_.place(cassette_.entries.back());
  }
  reason.facts.emplace_back("now", shown(said));
  if (auto line = place_elsewhere(said)) {
    reason.facts.emplace_back("elsewhere", fmt::format("{}:{} has it", cassette_.name, *line));
  }
  fault_ = std::move(reason);
}

std::size_t Player::host_entries_left() const {
  return static_cast<std::size_t>(std::count_if(
      cassette_.entries.begin() + static_cast<std::ptrdiff_t>(std::min(next_, cassette_.entries.size())),
      cassette_.entries.end(), [](const Entry& entry) { return entry.says(Side::host); }));
}

}  // namespace attache::cassette
