#pragma once

#include <list>
#include <map>
#include <string>
#include <vector>

#include "net/bearer.hpp"

namespace attache::net {

/// The addresses as text: "192.0.2.1, 192.0.2.2".
[[nodiscard]] std::string address_list(const std::vector<Address>& addresses);

/// The resolver's latest answers, for the reasons of connections that fail later.
class ResolvedNames {
 public:
  struct Answer {
    std::string host;
    std::string text;  ///< "example.com A 192.0.2.1, 192.0.2.2".
  };

  /// Notes an answer; one that gave the same address before is replaced. It keeps 64 addresses.
  void remember(const std::string& host, Family family, const std::vector<Address>& addresses);
  /// The answer that gave the address; null if none did or it is too old.
  [[nodiscard]] const Answer* find(const Address& address) const;

 private:
  std::map<Address, Answer> answers_;
  std::list<Address> order_;  ///< Of answering: the oldest makes room.
};

}  // namespace attache::net
