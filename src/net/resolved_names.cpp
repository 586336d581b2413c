#include "net/resolved_names.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace attache::net {

namespace {

constexpr std::size_t most_answers = 64;

}  // namespace

std::string address_list(const std::vector<Address>& addresses) {
  std::vector<std::string> texts;
  for (const auto& address : addresses) {
    texts.push_back(address.to_string());
  }
  return fmt::format("{}", fmt::join(texts, ", "));
}

void ResolvedNames::remember(const std::string& host, Family family, const std::vector<Address>& addresses) {
  std::string text =
      fmt::format("{} {} {}", host, family == Family::ipv4 ? "A" : "AAAA", address_list(addresses));
  for (const auto& address : addresses) {
    if (!answers_.insert_or_assign(address, Answer{host, text}).second) {
      order_.remove(address);
    }
    order_.push_back(address);
  }
  while (order_.size() > most_answers) {
    answers_.erase(order_.front());
    order_.pop_front();
  }
}

const ResolvedNames::Answer* ResolvedNames::find(const Address& address) const {
  auto answer = answers_.find(address);
  return answer != answers_.end() ? &answer->second : nullptr;
}

}  // namespace attache::net
