#pragma once

#include <array>
#include <boost/asio/ip/udp.hpp>
#include <map>
#include <string>
#include <utility>

#include "net/bearer.hpp"

namespace attache::net {

/// A name server on loopback that knows what it is told: A, AAAA, NXDOMAIN, no data, or silence.
class DnsServer {
 public:
  explicit DnsServer(asio::io_context& context)
      : socket_(context, asio::ip::udp::endpoint(asio::ip::make_address("127.0.0.1"), 0)) {
    receive();
  }

  [[nodiscard]] std::string address() const {
    return "127.0.0.1:" + std::to_string(socket_.local_endpoint().port());
  }
  void add(const std::string& name, Family family, const std::string& address) {
    records_[{name, family}] = asio::ip::make_address(address);
  }
  void be_silent() { silent_ = true; }
  /// Every address comes so often in the answer, however large that makes it.
  void repeat_answers(std::size_t count) { repetitions_ = count; }

 private:
  static constexpr std::size_t header_size = 12;

  void receive() {
    socket_.async_receive_from(asio::buffer(query_), client_,
                               [this](boost::system::error_code error, std::size_t size) {
                                 if (error) {
                                   return;
                                 }
                                 if (!silent_ && size > header_size) {
                                   socket_.send_to(asio::buffer(answer({query_.data(), size})), client_);
                                 }
                                 receive();
                               });
  }

  // RFC 1035: header, the question again, and one record whose name points back to it.
  std::string answer(std::string_view query) const {
    std::size_t at = header_size;
    std::string name;
    while (query[at] != 0) {
      auto length = static_cast<unsigned char>(query[at]);
      name += (name.empty() ? "" : ".") + std::string(query.substr(at + 1, length));
      at += 1 + length;
    }
    bool is_v6 = query[at + 2] == 28;
    auto record = records_.find({name, is_v6 ? Family::ipv6 : Family::ipv4});
    bool found = record != records_.end();
    bool exists = records_.contains({name, Family::ipv4}) || records_.contains({name, Family::ipv6});

    std::string reply(query.substr(0, 2));
    reply += {'\x81', exists ? '\x80' : '\x83', 0, 1, 0, 0, 0, 0, 0, 0};
    if (found) {
      reply[6] = static_cast<char>(repetitions_ >> 8U);
      reply[7] = static_cast<char>(repetitions_ & 0xFFU);
    }
    reply += query.substr(header_size, at + 5 - header_size);
    for (std::size_t i = 0; found && i < repetitions_; ++i) {
      reply += {'\xC0', '\x0C', 0, is_v6 ? '\x1C' : '\1', 0, 1, 0, 0, 0, '\x3C', 0};
      if (is_v6) {
        auto bytes = record->second.to_v6().to_bytes();
        reply += '\x10';
        reply.append(bytes.begin(), bytes.end());
      } else {
        auto bytes = record->second.to_v4().to_bytes();
        reply += '\4';
        reply.append(bytes.begin(), bytes.end());
      }
    }
    return reply;
  }

  asio::ip::udp::socket socket_;
  asio::ip::udp::endpoint client_;
  std::array<char, 512> query_{};
  std::map<std::pair<std::string, Family>, Address> records_;
  bool silent_ = false;
  std::size_t repetitions_ = 1;
};

}  // namespace attache::net
