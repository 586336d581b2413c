#include "cassette/exchanges.hpp"

#include <fmt/format.h>

#include <utility>

#include "client/line_reader.hpp"
#include "client/urc.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::cassette {

namespace {

base::Reason no_value(const Cassette& cassette, const Entry& entry, std::string_view name) {
  base::Reason reason = base::make_reason(
      fmt::format("{} cannot be played", cassette.name),
      fmt::format("the placeholder {{{}}} has no value: a secret was left out there", name),
      fmt::format("Give it: --set {}=VALUE, or --secrets FILE as attache record wrote it.", name));
  reason.where = cassette.place(entry);
  reason.excerpt = entry.source;
  return reason;
}

// Takes complete lines, and what is left at the end of an exchange.
void take_lines(client::LineReader& reader, Exchange& exchange, bool at_end) {
  while (auto line = reader.take_line()) {
    exchange.heard.push_back(std::move(*line));
  }
  if (at_end && !reader.tail().empty()) {
    exchange.heard.push_back(reader.take_tail());
  }
}

std::string first_line_of(std::string_view said) {
  return std::string(said.substr(0, said.find_first_of("\r\n")));
}

}  // namespace

bool Exchange::is_command() const {
  return !client::command_name(said).empty() || first_line_of(said) == "AT";
}

base::Result<std::vector<Exchange>> cut_exchanges(const Cassette& cassette, const client::Values& values) {
  std::vector<Exchange> exchanges(1);
  client::LineReader reader;
  for (const Entry& entry : cassette.entries) {
    if (entry.kind != Entry::Kind::bytes) {
      continue;
    }
    if (entry.side == Side::host) {
      if (std::string name = missing_value(entry.text, values); !name.empty()) {
        return no_value(cassette, entry, name);
      }
      take_lines(reader, exchanges.back(), true);
      exchanges.push_back({entry.text.fill(values), entry.source, entry.line, entry.at, {}, {}});
      continue;
    }
    reader.feed(entry.text.fill(values));
    take_lines(reader, exchanges.back(), false);
    exchanges.back().lasts = entry.at - exchanges.back().at;
  }
  take_lines(reader, exchanges.back(), true);
  return base::Result<std::vector<Exchange>>(boost::system::in_place_value, std::move(exchanges));
}

void ReplySorter::begin(const Exchange& exchange) {
  reply_ = {};
  if (exchange.is_command()) {
    command_ = first_line_of(exchange.said);
    is_open_ = true;
  }
}

void ReplySorter::take(std::string line) {
  std::string command = is_open_ ? command_ : std::string();
  if (payload_ > 0) {
    --payload_;
    reply_.others.push_back({{}, std::move(line), std::move(command)});
    return;
  }
  auto payload = client::urc_payload_lines(dialect_, line);
  bool is_answer = is_open_ && (!payload || client::may_answer(command_, line));
  if (is_answer) {
    bool ends = vocabulary::is_final_result(line);
    reply_.answer.push_back(std::move(line));
    reply_.is_final = reply_.is_final || ends;
    is_open_ = !ends;
    return;
  }
  payload_ = payload.value_or(0);
  std::string key(payload ? client::line_name(line) : std::string_view());
  reply_.others.push_back({std::move(key), std::move(line), std::move(command)});
}

}  // namespace attache::cassette
