#include "doctor/follower/follower.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "doctor/follower/network_changes.hpp"
#include "doctor/follower/state_changes.hpp"
#include "doctor/reader/decoration.hpp"

namespace attache::doctor {

namespace {

std::string upper(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return result;
}

Result result_of(std::string_view text) {
  auto number_behind = [&](std::string_view prefix) {
    std::string_view rest = text.substr(std::min(prefix.size(), text.size()));
    std::size_t begin = rest.find_first_of("0123456789");
    if (begin == std::string_view::npos) {
      return -1;
    }
    rest = rest.substr(begin);
    return base::parse_number<int>(
               rest.substr(0, std::min(rest.find_first_not_of("0123456789"), rest.size())))
        .value_or(-1);
  };
  if (text.starts_with("+CME ERROR")) {
    return {Result::Kind::cme, number_behind("+CME ERROR")};
  }
  if (text.starts_with("+CMS ERROR")) {
    return {Result::Kind::cms, number_behind("+CMS ERROR")};
  }
  return {text.starts_with("OK") || text.starts_with("CONNECT") ? Result::Kind::ok : Result::Kind::error, -1};
}

// "+CEREG: 2,…" → "+CEREG", and where its fields begin.
std::pair<std::string, std::size_t> name_of_line(std::string_view text) {
  std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || !begins_with_name(text)) {
    return {{}, text.size()};
  }
  return {upper(text.substr(0, colon)), colon + 1};
}

// Whether a line is the same as another but for line ends, which a terminal shows in its own way.
bool is_same_line(std::string_view one, std::string_view other) {
  auto skip = [](std::string_view text, std::size_t at) {
    while (at < text.size() && (text[at] == '\r' || text[at] == '\n')) {
      ++at;
    }
    return at;
  };
  std::size_t i = skip(one, 0);
  std::size_t k = skip(other, 0);
  while (i < one.size() && k < other.size() && one[i] == other[k]) {
    i = skip(one, i + 1);
    k = skip(other, k + 1);
  }
  return i == one.size() && k == other.size();
}

}  // namespace

std::optional<std::int64_t> Argument::number() const {
  std::string_view digits = base::trim(text);
  bool negative = digits.starts_with("-");
  auto value = base::parse_number<std::int64_t>(negative ? digits.substr(1) : digits);
  return value && negative ? std::optional(-*value) : value;
}

std::vector<Argument> cut_arguments(std::string_view text, std::size_t from) {
  constexpr std::size_t most_arguments = 64;
  std::vector<Argument> arguments;
  if (from >= text.size()) {
    return arguments;
  }
  arguments.reserve(
      std::min(most_arguments, static_cast<std::size_t>(std::ranges::count(text.substr(from), ',')) + 1));
  std::size_t begin = from;
  bool in_quotes = false;
  for (std::size_t i = from; i <= text.size() && arguments.size() < most_arguments; ++i) {
    bool at_end = i == text.size();
    if (!at_end && text[i] == '"') {
      in_quotes = !in_quotes;
    }
    if (!at_end && (in_quotes || text[i] != ',')) {
      continue;
    }
    std::string_view part = base::trim(text.substr(begin, i - begin));
    Argument argument;
    argument.column = begin;
    argument.is_quoted = part.starts_with("\"");
    argument.is_open = in_quotes;
    if (argument.is_quoted) {
      part.remove_prefix(1);
      if (part.ends_with("\"")) {
        part.remove_suffix(1);
      }
    }
    argument.text = std::string(part);
    arguments.push_back(std::move(argument));
    begin = i + 1;
  }
  return arguments;
}

Follower::Follower(Sink sink) : sink_(std::move(sink)), state_(std::make_shared<DeviceState>()) {}

DeviceState& Follower::change() {
  if (state_.use_count() > 1) {
    state_ = std::make_shared<DeviceState>(*state_);
  }
  return *state_;
}

void Follower::take(Event&& event) {
  auto shared = std::make_shared<const Event>(std::move(event));
  switch (shared->kind) {
    case Event::Kind::command:
      begin_exchange(shared);
      return;
    case Event::Kind::final:
      take_final(shared);
      return;
    case Event::Kind::line:
      take_line(shared);
      return;
    case Event::Kind::mark:
      end_exchange(false);
      reset(true);
      add(Item::Kind::mark, shared);
      break;
    case Event::Kind::boot:
      end_exchange(true);
      reset(false);
      add(Item::Kind::boot, shared);
      break;
    case Event::Kind::noise:
      add(Item::Kind::noise, shared);
      break;
    case Event::Kind::log:
      add(Item::Kind::log, shared);
      break;
    case Event::Kind::text:
      if (open_ != nullptr && open_->final == nullptr && open_->lines.size() < 200) {
        open_->lines.push_back(shared);
        if (base::trim(shared->text).find_first_not_of("0123456789") == std::string_view::npos) {
          break;  // An identity.
        }
      }
      add(Item::Kind::text, shared);
      break;
  }
  if (has_words_of_state(shared->text)) {
    apply_words(change(), shared);
  }
  if (auto words = network_words_in(*shared)) {
    apply_network_words(change(), *words, shared);
  }
}

void Follower::finish() {
  end_exchange(false);
}

void Follower::begin_exchange(const EventRef& event) {
  if (may_be_echo(*event)) {
    bool is_marked = open_->event->is_prompted != event->is_prompted;
    echo_ = is_marked ? nullptr : event;
    return;
  }
  bool lists_commands = open_ != nullptr && (open_->name == "#XCLAC" || open_->name == "+CLAC");
  if (lists_commands && !event->is_prompted && open_->lines.size() < 500) {
    open_->lines.push_back(event);
    return;
  }
  end_exchange(true);
  at::CommandLine line = at::cut_command(event->text);
  auto item = std::make_shared<Item>();
  item->kind = Item::Kind::exchange;
  item->event = event;
  item->name = upper(line.name);
  item->type = line.type;
  item->before = state_;
  item->number = number_++;
  if (line.has_equals && line.type == at::CommandType::set) {
    item->arguments = cut_arguments(event->text, line.parameters);
  }
  open_ = std::move(item);
}

// The line that the same log shows as sent already, at once and with nothing between. Where no marks tell the
// sides apart, the same line may as well have been sent again: then none of both was answered, or the host
// has waited in between.
bool Follower::may_be_echo(const Event& event) const {
  constexpr double longest_way_back = 0.5;
  if (open_ == nullptr || !open_->lines.empty() || open_->final != nullptr || echo_ != nullptr ||
      !is_same_line(open_->event->text, event.text) || open_->event->place.file != event.place.file) {
    return false;
  }
  return open_->event->is_prompted != event.is_prompted || !event.seconds || !open_->event->seconds ||
         *event.seconds - *open_->event->seconds < longest_way_back;
}

void Follower::end_exchange(bool followed) {
  if (open_ == nullptr) {
    return;
  }
  std::shared_ptr<Item> item = std::move(open_);
  open_.reset();
  EventRef echo = std::exchange(echo_, nullptr);
  bool is_sent_again = echo != nullptr && item->final == nullptr && item->lines.empty();
  item->was_followed = followed || is_sent_again;
  if (changes_state(*item)) {
    apply_exchange(change(), *item);
  }
  sink_(item);
  if (is_sent_again) {
    auto again = std::make_shared<Item>(*item);
    again->event = std::move(echo);
    again->number = number_++;
    again->was_followed = followed;
    sink_(std::move(again));
  }
}

void Follower::take_line(const EventRef& event) {
  auto [name, fields_from] = name_of_line(event->text);
  std::vector<Argument> fields = cut_arguments(event->text, fields_from);
  bool is_answer = open_ != nullptr && belongs_to_exchange(name);
  if (is_answer) {
    open_->lines.push_back(event);
    if (tells_state(name)) {
      apply_line(change(), name, fields, event, true);
    }
    return;
  }
  auto item = std::make_shared<Item>();
  item->kind = Item::Kind::notice;
  item->event = event;
  item->name = name;
  item->arguments = std::move(fields);
  item->before = state_;
  item->number = number_++;
  if (tells_state(name)) {
    apply_line(change(), name, item->arguments, event, false);
  }
  sink_(std::move(item));
}

void Follower::take_final(const EventRef& event) {
  if (open_ == nullptr) {
    add(Item::Kind::text, event);  // Its command is not in the log.
    return;
  }
  open_->final = event;
  open_->result = result_of(event->text);
  end_exchange(true);
}

// Read and test forms answer with their own name, other commands as well; a few by another name.
bool Follower::belongs_to_exchange(std::string_view name) const {
  if (open_->final != nullptr || open_->lines.size() >= 500) {
    return false;
  }
  if (open_->name == name) {
    // A notification of this name may come while the command runs, if the form answers nothing by itself.
    bool silent =
        open_->type == at::CommandType::set &&
        (name == "+CEREG" || name == "%XSIM" || name == "+CSCON" || name == "%XTIME" || name == "%MDMEV");
    return !silent;
  }
  return (open_->name == "#XUDPSVR" && name == "#UDPSVR") || (open_->name == "+CLAC") ||
         (open_->name == "#XCLAC");
}

void Follower::add(Item::Kind kind, const EventRef& event) {
  auto item = std::make_shared<Item>();
  item->kind = kind;
  item->event = event;
  item->before = state_;
  item->number = number_++;
  sink_(std::move(item));
}

// After a boot what is stored stays; after a mark it may be another device.
void Follower::reset(bool everything) {
  DeviceState fresh;
  if (!everything) {
    fresh.firmware = state_->firmware;
    fresh.image = state_->image;
    fresh.dialect = state_->dialect;
    fresh.system_mode = state_->system_mode;
    fresh.band_lock = state_->band_lock;
    fresh.operator_lock = state_->operator_lock;
    fresh.tags = state_->tags;
    fresh.listing_of_all_tags = state_->listing_of_all_tags;
    fresh.listed_commands = state_->listed_commands;
    fresh.command_list = state_->command_list;
    fresh.boots = state_->boots + 1;
  }
  state_ = std::make_shared<DeviceState>(std::move(fresh));
}

}  // namespace attache::doctor
