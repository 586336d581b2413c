#include "cassette/cassette.hpp"

#include <string>

#include "base/reason.hpp"
#include "cassette/comparison.hpp"
#include "cassette/merge.hpp"
#include "cassette/player.hpp"
#include "targets/invariant.hpp"
#include "targets/targets.hpp"

namespace attache::fuzz {

namespace {

constexpr std::string_view cassette_name = "input.cassette";

std::string text_of(const cassette::Cassette& cassette) {
  std::string text(cassette::first_line);
  text += '\n';
  for (const cassette::CassetteHeader& header : cassette.headers) {
    text += line_of(header);
  }
  for (const cassette::Entry& entry : cassette.entries) {
    text += line_of(entry);
  }
  return text;
}

// What a cassette's own host says is never new.
void play_to_itself(const cassette::Cassette& cassette) {
  client::Values values;
  for (const cassette::Entry& entry : cassette.entries) {
    for (std::string name = cassette::missing_value(entry.text, values); !name.empty();
         name = cassette::missing_value(entry.text, values)) {
      values.emplace(name, "secret");
    }
  }
  cassette::Player player(cassette, {.values = values, .keeps_times = false}, base::Time());
  for (const cassette::Entry& entry : cassette.entries) {
    if (entry.says(cassette::Side::host)) {
      std::string said = entry.text.fill(values);
      player.hear(std::string_view(said).substr(0, said.size() / 2), base::Time());
      player.hear(std::string_view(said).substr(said.size() / 2), base::Time());
    }
    while (player.take(base::Time())) {
    }
  }
  must(!player.fault(), "a cassette's host says nothing new");
  must(player.is_at_end(), "all of a cassette is played");
  auto exchanges = cut_exchanges(cassette, values);
  must(exchanges.has_value(), "a cassette whose placeholders have values can be cut");
  std::vector<std::vector<std::string>> heard;
  for (const cassette::Exchange& exchange : *exchanges) {
    heard.push_back(exchange.heard);
  }
  cassette::Comparison comparison = compare(*exchanges, heard, {std::string(cassette.dialect()), false});
  must(comparison.differences.empty(), "a cassette does not differ from itself");
  must(merge(cassette, cassette).added == 0, "a cassette has nothing that it lacks");
}

}  // namespace

void fuzz_cassette(std::string_view input) {
  auto read = cassette::parse_cassette(input, cassette_name);
  if (!read) {
    must(read.error().where.starts_with(cassette_name), "the reason has a place in the cassette");
    must(!read.error().why.empty(), "a cassette refused has a reason");
    base::to_block(read.error());
    return;
  }
  std::string written = text_of(*read);
  auto again = cassette::parse_cassette(written, cassette_name);
  must(again.has_value(), "what was written can be read");
  must(text_of(*again) == written, "what was read is written as it was");
  play_to_itself(*read);
}

}  // namespace attache::fuzz
