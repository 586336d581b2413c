#include "net/routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "net/failure.hpp"

namespace attache::net {

namespace {

constexpr std::size_t most_names = 8192;
constexpr std::uint32_t synthetic_v4 = 0xC6120000;  // 198.18.0.0/15
constexpr std::uint32_t synthetic_v4_mask = 0xFFFE0000;
constexpr std::array<unsigned char, 8> synthetic_v6 = {0x01, 0, 0, 0, 0, 0, 0, 0};  // 100::/64

std::string_view without_final_dot(std::string_view name) {
  return name.ends_with('.') ? name.substr(0, name.size() - 1) : name;
}

std::optional<Address> address_literal(std::string_view text) {
  boost::system::error_code error;
  Address address = asio::ip::make_address(text, error);
  return error ? std::nullopt : std::optional(address);
}

bool matches_name(const Route& route, std::string_view name) {
  std::string_view pattern = route.from_host;
  if (pattern == "*") {
    return true;
  }
  if (pattern.starts_with("*.")) {
    std::string_view suffix = pattern.substr(1);
    return name.size() > suffix.size() &&
           base::equal_ignoring_case(name.substr(name.size() - suffix.size()), suffix);
  }
  return base::equal_ignoring_case(pattern, name);
}

bool matches_address(const Route& route, const Address& address) {
  return route.from_host == "*" || address_literal(route.from_host) == address;
}

bool allows(const Route& route, Family family) {
  return !route.family || *route.family == family;
}

// The n-th address to try for a name; the first is free unless two names have the same hash.
Address candidate(std::string_view name, Family family, unsigned attempt) {
  std::string seed = attempt == 0 ? std::string(name) : fmt::format("{}#{}", name, attempt);
  std::string digest = base::sha256(seed);
  if (family == Family::ipv4) {
    std::uint32_t host = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      host = host << 8 | static_cast<unsigned char>(digest[i]);
    }
    return asio::ip::address_v4(synthetic_v4 | (host & ~synthetic_v4_mask));
  }
  asio::ip::address_v6::bytes_type bytes{};
  std::copy(synthetic_v6.begin(), synthetic_v6.end(), bytes.begin());
  std::transform(digest.begin(), digest.begin() + 8, bytes.begin() + 8,
                 [](char c) { return static_cast<unsigned char>(c); });
  return asio::ip::address_v6(bytes);
}

}  // namespace

Routes::Routes(std::vector<Route> routes) : routes_(std::move(routes)) {}

bool Routes::covers(std::string_view name) const {
  return std::any_of(routes_.begin(), routes_.end(),
                     [&](const Route& route) { return matches_name(route, without_final_dot(name)); });
}

std::optional<Address> Routes::synthetic_address(std::string_view name, Family family) {
  name = without_final_dot(name);
  bool exists = std::any_of(routes_.begin(), routes_.end(), [&](const Route& route) {
    return matches_name(route, name) && allows(route, family);
  });
  return exists ? std::optional(claim(base::to_lower(name), family)) : std::nullopt;
}

Address Routes::claim(const std::string& name, Family family) {
  for (unsigned attempt = 0;; ++attempt) {
    Address address = candidate(name, family, attempt);
    auto [place, is_new] = names_.try_emplace(address, name);
    if (is_new) {
      claimed_.push_back(address);
      if (claimed_.size() > most_names) {
        names_.erase(claimed_.front());
        claimed_.pop_front();
      }
    }
    if (place->second == name) {
      return address;
    }
  }
}

Routes::Target Routes::target(const Endpoint& to) const {
  Target target;
  if (auto known = names_.find(to.address); known != names_.end()) {
    target.name = known->second;
  }
  for (const auto& route : routes_) {
    bool same_host = target.name.empty()
                         ? matches_address(route, to.address)
                         : matches_name(route, target.name) || matches_address(route, to.address);
    if (same_host && allows(route, family_of(to.address)) && route.from_port.value_or(to.port) == to.port) {
      target.route = &route;
      return target;
    }
  }
  target.unknown_synthetic = !routes_.empty() && target.name.empty() && is_synthetic(to.address);
  return target;
}

bool Routes::is_synthetic(const Address& address) {
  if (address.is_v4()) {
    return (address.to_v4().to_uint() & synthetic_v4_mask) == synthetic_v4;
  }
  auto bytes = address.to_v6().to_bytes();
  return std::equal(synthetic_v6.begin(), synthetic_v6.end(), bytes.begin());
}

std::string target_text(const Route& route) {
  switch (route.kind) {
    case Route::Kind::unreachable:
      return "unreachable";
    case Route::Kind::refused:
      return "refused";
    case Route::Kind::blackhole:
      return "blackhole";
    case Route::Kind::address:
      break;
  }
  std::string port = route.to_port ? std::to_string(*route.to_port) : "*";
  bool is_v6 = route.to_host.find(':') != std::string::npos;
  return is_v6 ? fmt::format("[{}]:{}", route.to_host, port) : fmt::format("{}:{}", route.to_host, port);
}

std::string to_string(const Route& route) {
  return route.from_port ? fmt::format("{}:{}", route.from_host, *route.from_port) : route.from_host;
}

}  // namespace attache::net
