#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "device/config/config.hpp"
#include "device/config/config_value.hpp"
#include "device/device.hpp"
#include "device/steering/steering_families.hpp"
#include "net/bearer_control.hpp"
#include "net/routes.hpp"

namespace attache::device {

namespace {

using Words = SteeringCommand::Words;
using Answer = base::Result<SteeringAnswer>;

struct NameFailure {
  std::string_view word;
  std::optional<net::Errno> code;
  std::string_view meaning;
};

constexpr std::array<NameFailure, 3> name_failures{
    {{"ok", std::nullopt, "names are resolved again"},
     {"no-such-name", net::Errno::no_entry, "no name exists from now on"},
     {"no-answer", net::Errno::try_again, "name servers give no answer from now on"}}};

SteeringAnswer said(std::string text) {
  return {std::move(text), {}};
}

Answer no_network() {
  return base::make_reason("the network cannot be steered",
                           "this device was made with a network that has no link, routes or names to change");
}

// False if the value is not one.
bool set_rate(std::string_view value, std::uint64_t& target) {
  auto rate = parse_rate(value);
  target = rate.value_or(target);
  return rate.has_value();
}

bool apply(const Assignment& change, net::LinkOptions& link) {
  if (change.name == "delay") {
    auto delay = time_of(change.value);
    link.delay = delay.value_or(link.delay);
    return delay && *delay <= std::chrono::minutes(1);
  }
  if (change.name == "rate") {
    return set_rate(change.value, link.up_rate) && set_rate(change.value, link.down_rate);
  }
  if (change.name == "up") {
    return set_rate(change.value, link.up_rate);
  }
  if (change.name == "down") {
    return set_rate(change.value, link.down_rate);
  }
  if (change.name == "loss") {
    auto loss = parse_percentage(change.value);
    link.loss = loss.value_or(link.loss);
    return loss.has_value();
  }
  if (change.name == "outage") {
    auto outage = on_or_off(change.value);
    link.outage = outage.value_or(link.outage);
    return outage.has_value();
  }
  return false;
}

Answer link(Device& device, Words words) {
  net::BearerControl* control = device.bearer_control();
  if (control == nullptr) {
    return no_network();
  }
  net::LinkOptions options = control->link().options();
  for (const std::string& word : words) {
    if (word == "clear") {
      options = {};
      continue;
    }
    auto change = assignment(word);
    if (!change || !apply(*change, options)) {
      return misuse(fmt::format("`{}` is not understood", word));
    }
  }
  control->link().change(options);
  return said(link_text(options));
}

base::Result<net::Route> parse_route(const std::string& from, const std::string& to) {
  net::Route route;
  auto origin = parse_host_and_port(from);
  if (!origin) {
    return origin.error();
  }
  route.from_host = origin->host;
  route.from_port = origin->port;
  if (to == "unreachable") {
    route.kind = net::Route::Kind::unreachable;
  } else if (to == "refused") {
    route.kind = net::Route::Kind::refused;
  } else if (to == "blackhole") {
    route.kind = net::Route::Kind::blackhole;
  } else {
    auto target = parse_host_and_port(to);
    if (!target) {
      return target.error();
    }
    if (!target->port) {
      return misuse(fmt::format("`{}` has no port", to));
    }
    route.to_host = target->host;
    route.to_port = *target->port;
  }
  return route;
}

Answer route(Device& device, Words words) {
  net::BearerControl* control = device.bearer_control();
  if (control == nullptr) {
    return no_network();
  }
  std::vector<net::Route> routes = control->routes();
  if (words.empty()) {
    return said(routes_text(routes));
  }
  if (words[0] == "clear" && words.size() == 1) {
    routes.clear();
  } else if (words[0] == "add" && words.size() == 3) {
    auto made = parse_route(words[1], words[2]);
    if (!made) {
      return made.error();
    }
    // The newest rule is the first that matches.
    routes.insert(routes.begin(), *made);
  } else if (words[0] == "remove" && words.size() == 2) {
    auto gone = std::erase_if(routes, [&](const net::Route& each) { return to_string(each) == words[1]; });
    if (gone == 0) {
      return base::make_reason("no such route", fmt::format("none is from `{}`", words[1]),
                               routes_text(routes));
    }
  } else {
    return misuse("these words are not understood");
  }
  control->set_routes(routes);
  return said(routes_text(routes));
}

Answer dns(Device& device, Words words) {
  net::BearerControl* control = device.bearer_control();
  if (control == nullptr) {
    return no_network();
  }
  if (words.size() != 1) {
    return misuse("one word is expected");
  }
  for (const NameFailure& each : name_failures) {
    if (each.word == words[0]) {
      control->set_name_failure(each.code);
      return said(std::string(each.meaning));
    }
  }
  return misuse(fmt::format("`{}` is not understood", words[0]));
}

std::string rate_text(std::uint64_t rate) {
  return rate == 0 ? "unlimited" : fmt::format("{} bit/s", rate);
}

}  // namespace

std::string link_text(const net::LinkOptions& link) {
  using Milliseconds = std::chrono::duration<double, std::milli>;
  return fmt::format("link: delay {} ms, up {}, down {}, loss {}%, outage {}",
                     std::chrono::duration_cast<Milliseconds>(link.delay).count(), rate_text(link.up_rate),
                     rate_text(link.down_rate), link.loss * 100, link.outage ? "on" : "off");
}

std::string routes_text(const std::vector<net::Route>& routes) {
  std::string text = routes.empty() ? "no routes" : "routes:";
  for (const net::Route& route : routes) {
    text += fmt::format("\n  {} -> {}", to_string(route), net::target_text(route));
  }
  return text;
}

std::string_view name_failure_word(std::optional<net::Errno> failure) {
  auto found = std::find_if(name_failures.begin(), name_failures.end(),
                            [&](const NameFailure& each) { return each.code == failure; });
  return found != name_failures.end() ? found->word : "failing";
}

void add_link_commands(std::vector<SteeringCommand>& commands) {
  commands.push_back({"link",
                      "link [clear] [delay=TIME] [rate=RATE] [up=RATE] [down=RATE] [loss=PERCENTAGE] "
                      "[outage=on|off]",
                      "Changes what the link adds to the radio, or shows it; established connections follow.",
                      link});
  commands.push_back({"route",
                      "route [add FROM TO | remove FROM | clear], FROM as in [[route]], TO HOST:PORT, "
                      "unreachable, refused or blackhole",
                      "Changes where new connections go, or shows it.", route});
  commands.push_back({"dns", "dns ok | no-such-name | no-answer", "Lets look-ups of names fail.", dns});
}

}  // namespace attache::device
