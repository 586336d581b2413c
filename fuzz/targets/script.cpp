#include "client/script.hpp"

#include <string>

#include "base/reason.hpp"
#include "targets/invariant.hpp"
#include "targets/targets.hpp"

namespace attache::fuzz {

namespace {

constexpr std::string_view name = "input.at";

void check_reason(const base::Reason& reason) {
  must(!reason.what.empty(), "a script refused has a reason");
  must(reason.where.starts_with(name), "the reason has a place in the script");
  base::to_block(reason);
}

void check_script(client::Script script) {
  std::size_t last_line = 0;
  for (const client::Step& step : script.steps) {
    must(step.line > last_line, "steps are in the order of their lines");
    must(step.column >= 1 && step.column <= step.source.size() + 1, "a column lies in its line");
    must(script.place(step).starts_with(name), "a step has its place");
    client::begins_command(step);
    last_line = step.line;
  }
  must(script.header_map().size() <= script.headers.size(), "headers of one key are joined");
  must(!script.dialect().empty(), "a script has a dialect");
  must(!script.timeout() || script.timeout()->count() > 0, "a time-out takes time");
  if (auto placeholders = client::check_placeholders(script, {{"HOST", "example.com"}}); !placeholders) {
    check_reason(placeholders.error());
  }
  auto loaded = client::load_files(script, [](const std::string& path) {
    return base::Result<std::string>(boost::system::in_place_value, path + "\r\ntext\r\n");
  });
  if (!loaded) {
    check_reason(loaded.error());
  }
}

}  // namespace

void fuzz_script(std::string_view input) {
  auto script = client::parse_script(input, name);
  if (script) {
    check_script(std::move(*script));
  } else {
    check_reason(script.error());
  }
}

}  // namespace attache::fuzz
